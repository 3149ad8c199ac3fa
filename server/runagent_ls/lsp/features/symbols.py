"""Symbols of a configuration and of the workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from runagent_ls.lsp.client import dig
from runagent_ls.lsp.features.locations import lines_of, location_message, span_message
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.session import Session
from runagent_ls.project.discovery import is_config
from runagent_ls.text.lines import LineIndex

if TYPE_CHECKING:
    from runagent_ls.features.symbols.outline import OutlineSymbol
    from runagent_ls.features.symbols.search import EntrypointSymbol

_KINDS: Final[Mapping[str, int]] = {
    "function": 12,
    "variable": 13,
    "string": 15,
    "number": 16,
    "boolean": 17,
    "array": 18,
    "object": 19,
    "null": 21,
    "event": 24,
}
"""LSP's `SymbolKind`."""


class Symbols:
    """Answers `textDocument/documentSymbol`, `workspace/symbol` and `workspaceSymbol/resolve`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.on_deferred("textDocument/documentSymbol", self._outline)
        session.on_async("workspace/symbol", self._search)
        session.on_deferred("workspaceSymbol/resolve", self._resolve)

    # --- one document ---------------------------------------------------------------------

    def _outline(self, params: Json) -> list[Json] | None:
        from runagent_ls.features.symbols.outline import agent_outline, outline

        path = self._session.uris.path(dig(params, "textDocument", "uri"))
        if path is None or not is_config(path):
            return None
        lines = lines_of(self._session, path)
        # VS Code shows its own outline of JSON beside ours.
        repeats = self._session.client.is_runagent_shell and path.suffix == ".json"
        document = self._session.workspace.document(path)
        found = agent_outline(document, path) if repeats else outline(document)
        if self._session.client.symbol_trees:
            return [_tree(lines, it) for it in found]
        return list(_flat(lines, self._session.uris.uri(path), found, None))

    # --- the workspace --------------------------------------------------------------------

    async def _search(self, params: Json) -> list[Json]:
        from runagent_ls.features.symbols.search import find_entrypoints

        query = params.get("query")
        if not isinstance(query, str):
            raise InvalidParamsError("The query is a string.")
        found = await self._session.search(lambda it: find_entrypoints(it, query))
        return [self._message(it) for it in found]

    def _message(self, symbol: EntrypointSymbol) -> Json:
        message: Json = {
            "name": symbol.name,
            "kind": _KINDS[symbol.kind],
            "containerName": symbol.container,
        }
        if self._session.client.resolves_symbol_ranges:
            message["location"] = {"uri": self._session.uris.uri(symbol.config)}
            message["data"] = {"index": symbol.index, "name": symbol.label}
        else:
            message["location"] = location_message(self._session, symbol.config, symbol.span)
        return message

    def _resolve(self, symbol: Json) -> Json:
        from runagent_ls.features.symbols.search import entrypoint_at

        path = self._session.uris.path(dig(symbol, "location", "uri"))
        index, name = dig(symbol, "data", "index"), dig(symbol, "data", "name")
        if path is None or not isinstance(index, int) or not isinstance(name, str):
            raise InvalidParamsError("This is no symbol that was found here.")
        span = entrypoint_at(self._session.workspace.document(path), index, name)
        if span is None:
            return symbol
        return {**symbol, "location": location_message(self._session, path, span)}


def _tree(lines: LineIndex, symbol: OutlineSymbol) -> Json:
    return {
        "name": symbol.name,
        "kind": _KINDS[symbol.kind],
        "detail": symbol.detail,
        "range": span_message(lines, symbol.span),
        "selectionRange": span_message(lines, symbol.name_span),
        "children": [_tree(lines, it) for it in symbol.children],
    }


def _flat(
    lines: LineIndex, uri: str, symbols: Iterable[OutlineSymbol], container: str | None
) -> Iterator[Json]:
    """The tree in the order of the text, for editors that show lists only."""
    for symbol in symbols:
        message: Json = {
            "name": symbol.name,
            "kind": _KINDS[symbol.kind],
            "location": {"uri": uri, "range": span_message(lines, symbol.span)},
        }
        if container is not None:
            message["containerName"] = container
        yield message
        yield from _flat(lines, uri, symbol.children, symbol.name)
