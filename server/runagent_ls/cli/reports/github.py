"""`--output-format github`: workflow commands, shown as annotations on a pull request."""

from __future__ import annotations

from typing import Final

from runagent_ls.cli.reports.report import CheckedFile, Report
from runagent_ls.rules.finding import Finding, Severity
from runagent_ls.text.paths import shown_path

_COMMAND: Final[dict[Severity, str]] = {
    "error": "error",
    "warning": "warning",
    "information": "notice",
    "hint": "notice",
}


def render(report: Report) -> str:
    """One `::error file=...::message` line for each finding; nothing when there is none."""
    return "".join(_line(report, file, finding) for file, finding in report.findings())


def _line(report: Report, file: CheckedFile, finding: Finding) -> str:
    start, end = finding.range
    properties = {
        "title": f"runagent ({finding.code})",
        "file": shown_path(finding.file, report.base),
        "line": str(start.line + 1),
        "endLine": str(end.line + 1),
    }
    # GitHub refuses columns of a range that spans lines.
    if start.line == end.line:
        properties["col"] = str(file.column(start))
        properties["endColumn"] = str(file.column(end))
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = f"{finding.code} {finding.message}"
    return f"::{_COMMAND[finding.severity]} {listed}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
