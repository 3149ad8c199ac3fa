"""Go to definition and declaration."""

from __future__ import annotations

from runagent_ls.lsp.features.locations import (
    asked,
    lines_of,
    location_message,
    span_message,
)
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session


class Definitions:
    """Answers `textDocument/definition` and `textDocument/declaration`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.on_deferred("textDocument/definition", self._definition)
        session.on_deferred("textDocument/declaration", self._declaration)

    def _definition(self, params: Json) -> list[Json] | None:
        return self._answer(params, declared=False)

    def _declaration(self, params: Json) -> list[Json] | None:
        return self._answer(params, declared=True)

    def _answer(self, params: Json, *, declared: bool) -> list[Json] | None:
        from runagent_ls.features.navigation.definition import declaration, definition

        place = asked(self._session, params)
        if place is None:
            return None
        find = declaration if declared else definition
        jump = find(self._session.workspace, place.path, place.offset)
        if jump is None:
            return None
        request = "declaration" if declared else "definition"
        if request not in self._session.client.location_links:
            return [
                location_message(self._session, target.file, target.span) for target in jump.targets
            ]
        origin = span_message(lines_of(self._session, place.path), jump.origin)
        return [
            {
                "originSelectionRange": origin,
                "targetUri": self._session.uris.uri(target.file),
                "targetRange": span_message(lines_of(self._session, target.file), target.full),
                "targetSelectionRange": span_message(
                    lines_of(self._session, target.file), target.span
                ),
            }
            for target in jump.targets
        ]
