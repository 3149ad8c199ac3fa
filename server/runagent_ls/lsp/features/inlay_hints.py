"""`textDocument/inlayHint`: signatures behind `module`, for those who switch them on."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Final

from runagent_ls.lsp.client import dig
from runagent_ls.lsp.features.locations import lines_of, position_of
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.scheduling import Debounced
from runagent_ls.lsp.session import Session
from runagent_ls.project.discovery import is_config
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position, Span

TYPE: Final = 1
"""`InlayHintKind`."""


class InlayHints:
    """Answers what is visible, and tells the client when to ask again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: dict[FilePath, object] = {}
        """Of the configurations whose hints the client has."""
        self._refresher = Debounced(self._refresh)
        session.on_deferred("textDocument/inlayHint", self._hints, [])
        session.on_pause.append(self._refresher.pause)

    def _hints(self, params: Json) -> list[Json]:
        path = self._session.uris.path(dig(params, "textDocument", "uri"))
        if path is None or not is_config(path):
            return []
        if not self._wanted(path):
            self._facts.pop(path, None)
            return []
        from runagent_ls.features.inlay_hints import hint_facts, signature_hints

        project = self._session.workspace.project(path)
        self._facts[path] = hint_facts(project)
        lines = lines_of(self._session, path)
        return [
            {
                "position": _position_message(lines.position(hint.offset)),
                "label": hint.label,
                "kind": TYPE,
                "paddingLeft": True,
                **({} if hint.tooltip is None else {"tooltip": hint.tooltip}),
            }
            for hint in signature_hints(project, _visible(params, lines))
        ]

    def _wanted(self, path: FilePath) -> bool:
        return self._session.settings_for(path).signature_hints

    def project_changed(self, config: FilePath) -> None:
        """Ask for new hints when those that were shown would differ."""
        if config not in self._facts:
            return
        from runagent_ls.features.inlay_hints import hint_facts

        if hint_facts(self._session.workspace.project(config)) != self._facts[config]:
            self._ask_again()

    def changed_elsewhere(self) -> None:
        """Files or settings changed, not an open text."""
        settings = self._session.settings.values()
        if self._facts or any(it.signature_hints for it in settings):
            self._ask_again()

    def _ask_again(self) -> None:
        self._refresher.ask()
        self._refresher.pause()

    def _refresh(self) -> None:
        if self._session.client.refreshes_hints:
            self._session.spawn(self._send(), "workspace/inlayHint/refresh")

    async def _send(self) -> None:
        await self._session.protocol.ask("workspace/inlayHint/refresh", None)


def _visible(params: Json, lines: LineIndex) -> Span:
    """The range that is asked about; everything when it is none."""
    start, end = position_of(params, "range", "start"), position_of(params, "range", "end")
    if start is None or end is None:
        return Span(0, len(lines.text))
    return Span(lines.offset(start), lines.offset(end))


def _position_message(position: Position) -> Json:
    return {"line": position.line, "character": position.character}
