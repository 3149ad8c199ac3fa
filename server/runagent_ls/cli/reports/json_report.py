"""`--output-format json`: the diagnostics as editors get them."""

from __future__ import annotations

import json
from pathlib import Path

from runagent_ls.cli.reports.report import Report, place, shown_path
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.rules.finding import Finding, Fix


def render(report: Report) -> str:
    """`{"files": [{"path", "diagnostics": [...]}]}`, ASCII only so that any pipe carries it."""
    files: list[JsonValue] = [
        {
            "path": shown_path(file.path, report.base),
            "diagnostics": [_diagnostic(finding, report.base) for finding in file.findings],
        }
        for file in report.files
    ]
    return json.dumps({"files": files}, indent=2) + "\n"


def _diagnostic(finding: Finding, base: Path) -> dict[str, JsonValue]:
    diagnostic: dict[str, JsonValue] = {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "range": place(finding.range),
        "source": "runagent",
    }
    if finding.fix is not None:
        diagnostic["fix"] = _fix(finding.fix, base)
    return diagnostic


def _fix(fix: Fix, base: Path) -> dict[str, JsonValue]:
    return {
        "title": fix.title,
        "safe": fix.safe,
        "edits": [
            {
                "path": shown_path(edit.file, base),
                "range": place(edit.range),
                "newText": edit.new_text,
            }
            for edit in fix.edits
        ],
    }
