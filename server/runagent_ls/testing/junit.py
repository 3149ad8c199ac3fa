"""Cases as JUnit XML: a test suite for each entrypoint, as CI servers read it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path as FilePath

from runagent_ls.testing.model import Failure
from runagent_ls.testing.report import CaseReport, TestReport
from runagent_ls.text.paths import shown_path
from runagent_ls.text.xml import xml_document, xml_text


def render(report: TestReport) -> str:
    """A `<testcase>` for each case."""
    root = ET.Element("testsuites", name="runagent")
    _count(root, report.cases)
    for (config, tag), reports in groupby(report.cases, _entrypoint):
        root.append(_suite(config.parent, tag, list(reports), report.base))
    return xml_document(root)


def _entrypoint(report: CaseReport) -> tuple[FilePath, str]:
    return report.case.place.config_path, report.case.place.tag


def _suite(agent: FilePath, tag: str, reports: list[CaseReport], base: FilePath) -> ET.Element:
    folder = shown_path(agent, base)
    name = tag if folder == "." else f"{folder}.{tag}"
    suite = ET.Element("testsuite", name=xml_text(name))
    _count(suite, reports)
    for report in reports:
        suite.append(_case(report, name, base))
    return suite


def _case(report: CaseReport, suite: str, base: FilePath) -> ET.Element:
    place = report.case.place
    path = shown_path(place.path, base)
    case = ET.Element(
        "testcase",
        name=xml_text(place.name),
        classname=xml_text(suite),
        time=_seconds(report.elapsed_s),
    )
    if report.result == "passed":
        return case
    if report.case.problems:
        first = report.case.problems[0]
        error = ET.SubElement(case, "error", type="problem", message=xml_text(first.message))
        lines = (
            f"{path}:{start.line + 1}:{start.character + 1}: {problem.message}"
            for problem in report.case.problems
            for start in [report.range(problem.span).start]
        )
        error.text = xml_text("\n".join(lines))
        return case
    failures = [failure for attempt in report.attempts for failure in attempt.failures]
    message = failures[0].message if failures else "It was not run to its end."
    if report.flakiness is not None:
        message = f"{report.flakiness}. {message}"
    details = ET.SubElement(
        case,
        "failure" if report.result == "failed" else "error",
        type=failures[0].expectation if failures else "interrupted",
        message=xml_text(message),
    )
    details.text = xml_text("\n".join((path, *_details(report))))
    return case


def _details(report: CaseReport) -> Iterator[str]:
    for number, attempt in enumerate(report.attempts, 1):
        if attempt.failures and len(report.attempts) > 1:
            yield f"run {number} of {len(report.attempts)}:"
        for failure in attempt.failures:
            yield from lines_of(failure)


def lines_of(failure: Failure) -> Iterator[str]:
    """A failure in lines: what is wrong, what was expected and what came."""
    yield f"{failure.expectation}: {failure.message}"
    if failure.expected is not None:
        yield from ("expected:", *_indented(failure.expected))
    if failure.actual is not None:
        yield from ("actual:", *_indented(failure.actual))


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.split("\n")]


def _count(element: ET.Element, reports: list[CaseReport]) -> None:
    results = [report.result for report in reports]
    element.set("tests", str(len(results)))
    element.set("failures", str(results.count("failed")))
    element.set("errors", str(results.count("error")))
    element.set("time", _seconds(sum(report.elapsed_s for report in reports)))


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
