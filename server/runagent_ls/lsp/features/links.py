"""Document links."""

from __future__ import annotations

from pathlib import Path as FilePath

from runagent_ls.lsp.client import dig
from runagent_ls.lsp.features.locations import lines_of, span_message
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session


class Links:
    """Answers `textDocument/documentLink`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.on_deferred("textDocument/documentLink", self._links)

    def _links(self, params: Json) -> list[Json] | None:
        from runagent_ls.features.links import document_links

        path = self._session.uris.path(dig(params, "textDocument", "uri"))
        if path is None:
            return None
        lines = lines_of(self._session, path)
        found = document_links(self._session.workspace, path)
        targets = {target: self._target(target) for target in {it.target for it in found}}
        return [
            {
                "range": span_message(lines, link.span),
                "target": targets[link.target],
                "tooltip": link.tooltip,
            }
            for link in found
        ] or None

    def _target(self, target: FilePath | str) -> str:
        return target if isinstance(target, str) else self._session.uris.uri(target)
