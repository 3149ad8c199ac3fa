"""`--output-format sarif`: SARIF 2.1.0 for code scanning services."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from runagent_ls.cli.reports.report import CheckedFile, Report
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.rules.finding import Finding, Fix, Severity, TextEdit
from runagent_ls.rules.rule import Rule
from runagent_ls.text.paths import shown_path
from runagent_ls.text.position import Range
from runagent_ls.version import __version__

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL: Final[dict[Severity, str]] = {
    "error": "error",
    "warning": "warning",
    "information": "note",
    "hint": "note",
}


def render(report: Report, rules: Sequence[Rule]) -> str:
    """One run with every rule of `rules` and one result for each finding."""
    index = {rule.code: at for at, rule in enumerate(rules)}
    results: list[JsonValue] = [
        _result(report, file, finding, index) for file, finding in report.findings()
    ]
    run: dict[str, JsonValue] = {
        "tool": {
            "driver": {
                "name": "runagent-ls",
                "version": __version__,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"SRCROOT": {"uri": report.base.as_uri().rstrip("/") + "/"}},
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, JsonValue]:
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.slug.split("-")),
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.documentation, "markdown": rule.documentation},
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
    }


def _result(
    report: Report, file: CheckedFile, finding: Finding, index: dict[str, int]
) -> dict[str, JsonValue]:
    result: dict[str, JsonValue] = {
        "ruleId": finding.code,
        "level": _LEVEL[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": _location(report.base, finding.file, finding.range)}],
        "partialFingerprints": {"runagent/v1": _fingerprint(report, file, finding)},
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": at,
                "message": {"text": related.message},
                "physicalLocation": _location(report.base, related.file, related.range),
            }
            for at, related in enumerate(finding.related)
        ]
    if finding.fix is not None:
        result["fixes"] = [_fix(report.base, finding.fix)]
    return result


def _fingerprint(report: Report, file: CheckedFile, finding: Finding) -> str:
    """Stays the same while lines above the finding come and go."""
    line = file.lines.line(finding.range.start.line).strip()
    key = "\0".join((finding.code, shown_path(file.path, report.base), line, finding.message))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _location(base: Path, path: Path, range_: Range) -> dict[str, JsonValue]:
    return {"artifactLocation": _artifact(base, path), "region": _region(range_)}


def _artifact(base: Path, path: Path) -> dict[str, JsonValue]:
    if not path.is_relative_to(base):
        return {"uri": path.as_uri()}
    return {"uri": quote(shown_path(path, base)), "uriBaseId": "SRCROOT"}


def _region(range_: Range) -> dict[str, JsonValue]:
    start, end = range_
    return {
        "startLine": start.line + 1,
        "startColumn": start.character + 1,
        "endLine": end.line + 1,
        "endColumn": end.character + 1,
    }


def _fix(base: Path, fix: Fix) -> dict[str, JsonValue]:
    files: dict[Path, list[TextEdit]] = {}
    for edit in fix.edits:
        files.setdefault(edit.file, []).append(edit)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(base, path),
                "replacements": [
                    {
                        "deletedRegion": _region(edit.range),
                        "insertedContent": {"text": edit.new_text},
                    }
                    for edit in edits
                ],
            }
            for path, edits in files.items()
        ],
    }
