"""`--output-format junit`: a test suite for each file, as CI servers read it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from runagent_ls.cli.reports.report import CheckedFile, Report
from runagent_ls.rules.finding import Finding
from runagent_ls.text.paths import shown_path
from runagent_ls.text.xml import xml_document, xml_text


def render(report: Report) -> str:
    """A `<failure>` for each error; lesser findings are passed tests with `<system-out>`."""
    count = report.count()
    root = ET.Element("testsuites", name="runagent")
    tests = 0
    for file in report.files:
        suite = _suite(file, shown_path(file.path, report.base))
        tests += int(suite.get("tests", "0"))
        root.append(suite)
    root.set("tests", str(tests))
    root.set("failures", str(count["error"]))
    root.set("errors", "0")
    return xml_document(root)


def _suite(file: CheckedFile, path: str) -> ET.Element:
    failures = sum(finding.severity == "error" for finding in file.findings)
    suite = ET.Element(
        "testsuite",
        name=xml_text(path),
        tests=str(len(file.findings) or 1),
        failures=str(failures),
        errors="0",
    )
    if not file.findings:
        ET.SubElement(suite, "testcase", name="no problems", classname=xml_text(path))
    for finding in file.findings:
        _case(suite, file, finding, path)
    return suite


def _case(suite: ET.Element, file: CheckedFile, finding: Finding, path: str) -> None:
    line, column = finding.range.start.line + 1, file.column(finding.range.start)
    case = ET.SubElement(
        suite,
        "testcase",
        name=f"{finding.code} line {line}, column {column}",
        classname=xml_text(path),
        file=xml_text(path),
        line=str(line),
    )
    details = xml_text(f"{path}:{line}:{column}: {finding.severity} {finding.message}")
    if finding.severity == "error":
        failure = ET.SubElement(
            case, "failure", type=finding.code, message=xml_text(finding.message)
        )
        failure.text = details
    else:
        ET.SubElement(case, "system-out").text = details
