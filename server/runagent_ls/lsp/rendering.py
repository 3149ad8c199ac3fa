"""Findings as LSP diagnostics, and reports that say "unchanged" when they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.lsp.client import ClientFeatures
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.rules.finding import Finding, Fix
from runagent_ls.text.position import Range

SOURCE: Final = "runagent"
_SEVERITIES: Final[Mapping[str, int]] = {"error": 1, "warning": 2, "information": 3, "hint": 4}
_UNNECESSARY: Final = 1
WITHOUT_EFFECT: Final = frozenset({"unknown-field", "legacy-type"})
"""Rules about what RunAgent never reads; editors show their places faded."""
KNOWN_TO_EDITORS: Final = frozenset(
    {"invalid-syntax", "trailing-comma", "comment", "duplicate-key", "not-a-number"}
)
"""Rules about JSON's syntax, which VS Code's own JSON support reports as well."""
DOCS_BASE: Final[str | None] = None
"""Where the rules' pages are published, with a `/` at the end; None until they are."""


def is_json_syntax(finding: Finding) -> bool:
    """True for what an editor with JSON support of its own underlines anyway."""
    return finding.slug in KNOWN_TO_EDITORS and finding.file.suffix == ".json"


def range_message(place: Range) -> Json:
    (line, character), (end_line, end_character) = place
    return {
        "start": {"line": line, "character": character},
        "end": {"line": end_line, "character": end_character},
    }


@dataclass(frozen=True, slots=True)
class Rendering:
    """How findings become diagnostics for one client."""

    client: ClientFeatures
    uri: Callable[[FilePath], str]

    def diagnostic(self, finding: Finding) -> Json:
        message: Json = {
            "range": range_message(finding.range),
            "severity": _SEVERITIES[finding.severity],
            "code": finding.code,
            "source": SOURCE,
            "message": finding.message,
        }
        if DOCS_BASE is not None:
            message["codeDescription"] = {"href": f"{DOCS_BASE}{finding.slug}.md"}
        if finding.slug in WITHOUT_EFFECT:
            message["tags"] = [_UNNECESSARY]
        if finding.related and self.client.related_information:
            message["relatedInformation"] = [
                {
                    "location": {"uri": self.uri(item.file), "range": range_message(item.range)},
                    "message": item.message,
                }
                for item in finding.related
            ]
        data: Json = {"slug": finding.slug}
        if finding.data:
            data["facts"] = dict(finding.data)
        if finding.fix is not None:
            data["fix"] = self.fix(finding.fix)
        message["data"] = data
        return message

    def fix(self, fix: Fix) -> Json:
        return {"title": fix.title, "safe": fix.safe, "edit": self.workspace_edit(fix)}

    def workspace_edit(self, fix: Fix) -> Json:
        changes: dict[str, list[Json]] = {}
        for edit in fix.edits:
            place = {"range": range_message(edit.range), "newText": edit.new_text}
            changes.setdefault(self.uri(edit.file), []).append(place)
        return {"changes": changes}


@dataclass(slots=True)
class _Report:
    findings: tuple[Finding, ...]
    result_id: str
    items: list[Json] | None = None


class Reports:
    """The newest report of each file. An id is never used for two different reports."""

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering
        self._reports: dict[FilePath, _Report] = {}
        self._ids = 0
        # Another process counts from one as well, and clients outlive servers.
        self._prefix = f"{os.getpid():x}"

    def update(self, file: FilePath, findings: tuple[Finding, ...]) -> str:
        """Take over a file's findings; returns the id of its report."""
        report = self._reports.get(file)
        if report is None or report.findings != findings:
            self._ids += 1
            report = self._reports[file] = _Report(findings, f"{self._prefix}.{self._ids}")
        return report.result_id

    def items(self, file: FilePath) -> list[Json]:
        """The file's diagnostics as JSON, rendered once."""
        report = self._reports.get(file)
        if report is None:
            return []
        if report.items is None:
            report.items = [self._rendering.diagnostic(item) for item in report.findings]
        return report.items

    def answer(self, file: FilePath, findings: tuple[Finding, ...], previous: object) -> Json:
        """A `DocumentDiagnosticReport` for a client whose last report had the id `previous`."""
        result_id = self.update(file, findings)
        if result_id == previous:
            return {"kind": "unchanged", "resultId": result_id}
        return {"kind": "full", "resultId": result_id, "items": self.items(file)}
