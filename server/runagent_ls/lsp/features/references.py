"""References, and highlights of what means the same in a document."""

from __future__ import annotations

from runagent_ls.lsp.client import dig
from runagent_ls.lsp.features.locations import asked, lines_of, location_message, span_message
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session


class References:
    """Answers `textDocument/references` and `textDocument/documentHighlight`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.on_async("textDocument/references", self._references)
        session.on_deferred("textDocument/documentHighlight", self._highlights)

    async def _references(self, params: Json) -> list[Json] | None:
        from runagent_ls.features.navigation.references import references

        place = asked(self._session, params)
        if place is None:
            return None
        with_declaration = dig(params, "context", "includeDeclaration") is not False
        found = await self._session.search(
            lambda it: references(it, place.path, place.offset, with_declaration=with_declaration),
            place.path,
        )
        return [location_message(self._session, it.file, it.span) for it in found] or None

    def _highlights(self, params: Json) -> list[Json] | None:
        from runagent_ls.features.navigation.highlight import highlights

        place = asked(self._session, params)
        if place is None:
            return None
        lines = lines_of(self._session, place.path)
        found = highlights(self._session.workspace, place.path, place.offset)
        return [{"range": span_message(lines, span)} for span in found] or None
