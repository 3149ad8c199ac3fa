"""`textDocument/hover`."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from runagent_ls.lsp.features.locations import asked, lines_of, span_message
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session
from runagent_ls.lsp.workspace import is_config

if TYPE_CHECKING:  # loaded with the first question
    from runagent_ls.features.hover.model import Hover


class Hovers:
    """Says what stands under the mouse, in configurations."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.on_deferred("textDocument/hover", self._hover)

    def _hover(self, params: Json) -> Json | None:
        place = asked(self._session, params)
        if place is None or not is_config(place.path):
            return None
        from runagent_ls.features.hover.configuration import config_hover

        found = config_hover(self._session.workspace.project(place.path), place.offset)
        return None if found is None else self._message(found, place.path)

    def _message(self, hover: Hover, path: FilePath) -> Json:
        from runagent_ls.features.markup.rendering import markdown, plain_text

        if self._session.client.markdown_hover:
            contents = {"kind": "markdown", "value": markdown(hover.blocks, self._session.uris.uri)}
        else:
            contents = {"kind": "plaintext", "value": plain_text(hover.blocks)}
        lines = lines_of(self._session, path)
        return {"contents": contents, "range": span_message(lines, hover.span)}
