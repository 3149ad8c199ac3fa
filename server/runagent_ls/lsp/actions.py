"""Quick fixes: the fix of each finding under the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from runagent_ls.lsp.capabilities import INSTALL_COMMAND
from runagent_ls.lsp.client import dig
from runagent_ls.lsp.diagnostics import Diagnostics
from runagent_ls.lsp.features.refactorings import Refactorings, is_wanted
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session
from runagent_ls.rules.faults import faults
from runagent_ls.rules.finding import Finding
from runagent_ls.text.command_line import command_line
from runagent_ls.text.position import Position

QUICK_FIX = "quickfix"
MISSING_DEPENDENCY = "missing-dependency"


class Actions:
    """Answers `textDocument/codeAction` from the findings as they are now.

    The client sends diagnostics along that it may have got before the last edit; a fix is
    therefore taken from a fresh finding of the same code and not from them.
    """

    def __init__(self, session: Session, diagnostics: Diagnostics) -> None:
        self._session = session
        self._diagnostics = diagnostics
        self._refactorings = Refactorings(session)
        session.on_deferred("textDocument/codeAction", self._actions, [])

    def _actions(self, params: Json) -> list[Json]:
        path = self._session.uris.path(dig(params, "textDocument", "uri"))
        only = dig(params, "context", "only")
        if path is None:
            return []
        only = [it for it in only if isinstance(it, str)] if isinstance(only, list) else None
        start, end = _position(params, "start"), _position(params, "end")
        touched = [
            finding
            for finding in self._diagnostics.findings(path)
            if finding.range.start <= end and start <= finding.range.end
        ]
        offered = list(self._refactorings.actions(path, start, only, touched))
        if not is_wanted(QUICK_FIX, only):
            return offered
        fixable = [finding for finding in touched if finding.fix is not None]
        actions = [self._action(finding, len(fixable) == 1) for finding in fixable]
        if not self._session.client.is_runagent_shell:  # that one offers it in a terminal
            actions += [it for finding in touched for it in self._installs(path, finding)]
        return actions + offered

    def _installs(self, path: FilePath, finding: Finding) -> Iterator[Json]:
        """The command that installs what an agent that `path` belongs to does not find."""
        words = finding.data.get("command")
        if finding.slug != MISSING_DEPENDENCY or not isinstance(words, list) or not words:
            return
        module = finding.data.get("module")
        for project in self._session.workspace.projects_of(path):
            if any(fault.missing == module for _, fault in faults(project, "missing")):
                title = f"Install {module} with {command_line(map(str, words))}"
                asked = {"configUri": self._session.uris.uri(project.config_path), "module": module}
                command = {"title": title, "command": INSTALL_COMMAND, "arguments": [asked]}
                yield {
                    "kind": QUICK_FIX,
                    "title": title,
                    "diagnostics": [self._session.rendering.diagnostic(finding)],
                    "command": command,
                }

    def _action(self, finding: Finding, is_only_one: bool) -> Json:
        rendering = self._session.rendering
        action: Json = {"kind": QUICK_FIX, "diagnostics": [rendering.diagnostic(finding)]}
        if finding.fix is not None:
            action["title"] = finding.fix.title
            action["edit"] = rendering.workspace_edit(finding.fix)
            action["isPreferred"] = is_only_one and finding.fix.safe
        return action


def _position(params: Json, end: str) -> Position:
    line, character = dig(params, "range", end, "line"), dig(params, "range", end, "character")
    if isinstance(line, int) and isinstance(character, int):
        return Position(line, character)
    return Position(0, 0)
