"""Go to definition, declaration and implementation."""

from __future__ import annotations

from functools import partial
from typing import Final

from runagent_ls.lsp.features.locations import asked, lines_of, location_message, span_message
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session

REQUESTS: Final = ("definition", "declaration", "implementation")


class Definitions:
    """Answers `textDocument/definition`, `.../declaration` and `.../implementation`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        for request in REQUESTS:
            session.on_deferred(f"textDocument/{request}", partial(self._answer, request))

    def _answer(self, request: str, params: Json) -> list[Json] | None:
        from runagent_ls.features.navigation.definition import FINDERS

        place = asked(self._session, params)
        if place is None:
            return None
        jump = FINDERS[request](self._session.workspace, place.path, place.offset)
        if jump is None:
            return None
        session = self._session
        if request not in session.client.location_links:
            return [location_message(session, it.file, it.span) for it in jump.targets]
        origin = span_message(lines_of(session, place.path), jump.origin)
        return [
            {
                "originSelectionRange": origin,
                "targetUri": session.uris.uri(target.file),
                "targetRange": span_message(lines_of(session, target.file), target.full),
                "targetSelectionRange": span_message(lines_of(session, target.file), target.span),
            }
            for target in jump.targets
        ]
