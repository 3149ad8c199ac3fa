"""`--output-format json`: the diagnostics as editors get them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from runagent_ls.cli.reports.report import Report, place
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.rules.finding import Finding, Fix
from runagent_ls.text.paths import shown_path

if TYPE_CHECKING:
    from runagent_ls.serve.state import EntrypointReport
    from runagent_ls.serve.verification import Verification


def render(report: Report) -> str:
    """`{"files": [{"path", "diagnostics": [...]}]}`, ASCII only so that any pipe carries it.

    With `--verify` also `"verified": [{"path", "interpreter", "python", "passed", "lent",
    "entrypoints": [{"tag", "exists", "callable", "streams", "kind", "signature", "file", "line",
    "failure"}]}]`, null where something is not known; lines count from 1. `lent` tells whether the
    agent works with an agent runtime that its Python lacks.
    """
    files: list[JsonValue] = [
        {
            "path": shown_path(file.path, report.base),
            "diagnostics": [_diagnostic(finding, report.base) for finding in file.findings],
        }
        for file in report.files
    ]
    whole: dict[str, JsonValue] = {"files": files}
    if report.verified:
        whole["verified"] = [
            _verified(config, it, report.base) for config, it in report.verified.items()
        ]
    return json.dumps(whole, indent=2) + "\n"


def _verified(config: Path, verification: Verification, base: Path) -> JsonValue:
    return {
        "path": shown_path(config, base),
        "interpreter": str(verification.interpreter),
        "python": verification.python,
        "passed": verification.passed,
        "lent": verification.lent,
        "entrypoints": [_entrypoint(it, base) for it in verification.reports],
    }


def _entrypoint(report: EntrypointReport, base: Path) -> JsonValue:
    return {
        "tag": report.tag,
        "exists": report.exists,
        "callable": report.callable,
        "streams": report.streams,
        "kind": report.kind,
        "signature": report.signature,
        "file": None if report.file is None else shown_path(report.file, base),
        "line": report.line,
        "failure": None if report.failure is None else report.failure.message,
    }


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
