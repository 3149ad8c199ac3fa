"""Places that an editor changes together while one of them is typed into."""

from __future__ import annotations

from runagent_ls.lsp.features.locations import asked, lines_of, span_message
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session


class LinkedEditing:
    """Answers `textDocument/linkedEditingRange`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.on_deferred("textDocument/linkedEditingRange", self._ranges)

    def _ranges(self, params: Json) -> Json | None:
        from runagent_ls.features.linked_editing import WORD_PATTERN, linked_places

        place = asked(self._session, params)
        if place is None:
            return None
        spans = linked_places(self._session.workspace, place.path, place.offset)
        if not spans:
            return None
        lines = lines_of(self._session, place.path)
        return {"ranges": [span_message(lines, it) for it in spans], "wordPattern": WORD_PATTERN}
