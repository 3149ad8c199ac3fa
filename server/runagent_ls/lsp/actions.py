"""Quick fixes: the fix of each finding under the cursor."""

from __future__ import annotations

from runagent_ls.lsp.client import dig
from runagent_ls.lsp.diagnostics import Diagnostics
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session
from runagent_ls.rules.finding import Finding
from runagent_ls.text.position import Position

QUICK_FIX = "quickfix"


class Actions:
    """Answers `textDocument/codeAction` from the findings as they are now.

    The client sends diagnostics along that it may have got before the last edit; a fix is
    therefore taken from a fresh finding of the same code and not from them.
    """

    def __init__(self, session: Session, diagnostics: Diagnostics) -> None:
        self._session = session
        self._diagnostics = diagnostics
        session.on_deferred("textDocument/codeAction", self._actions, [])

    def _actions(self, params: Json) -> list[Json]:
        path = self._session.uris.path(dig(params, "textDocument", "uri"))
        only = dig(params, "context", "only")
        if path is None or (isinstance(only, list) and QUICK_FIX not in only and "" not in only):
            return []
        start, end = _position(params, "start"), _position(params, "end")
        touched = [
            finding
            for finding in self._diagnostics.findings(path)
            if finding.fix is not None and finding.range.start <= end and start <= finding.range.end
        ]
        return [self._action(finding, len(touched) == 1) for finding in touched]

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
