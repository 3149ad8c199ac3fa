"""The outline of a configuration: its values as a tree, entrypoints by their tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final
from urllib.parse import urlsplit

from runagent_ls.features.symbols.entrypoints import (
    SymbolKind,
    entrypoint_kind,
    label,
    tag_span,
    text_of,
    value_kind,
)
from runagent_ls.jsontree.document import Document, JsonValue, Path
from runagent_ls.project.configuration import agent_name
from runagent_ls.project.entrypoints import entrypoint_values
from runagent_ls.schema.entrypoints import ENTRYPOINTS, kind_of
from runagent_ls.text.position import Span

_TOLD: Final = ("agent_name", "framework", "version", "agent_id")
"""Values that the outline shows: what a field that nobody knows holds may be a secret."""
_DEEPEST: Final = 12


@dataclass(frozen=True, slots=True)
class OutlineSymbol:
    """A node of the outline. `span` is all of it and holds `name_span` and the children."""

    name: str
    kind: SymbolKind
    detail: str
    span: Span
    name_span: Span
    children: tuple[OutlineSymbol, ...] = ()


def outline(document: Document) -> tuple[OutlineSymbol, ...]:
    """The configuration as a tree, entrypoints by their tags; also of a broken text."""
    value, tree = document.value, _Outline(document)
    return tuple(tree.children(value, ())) if isinstance(value, dict) else ()


def agent_outline(document: Document, config: FilePath) -> tuple[OutlineSymbol, ...]:
    """The agent with its entrypoints alone: what an editor's own outline of JSON does not tell.

    The agent spans the whole text, so that an editor which shows where the cursor is finds it
    outside the entrypoints as well.
    """
    tree = _Outline(document)
    children = tuple(
        tree.entrypoint(index, it) for index, it in enumerate(entrypoint_values(document.value))
    )
    if not children:
        return ()
    name, start = agent_name(document, config.parent), Span(0, 0)
    return (OutlineSymbol(name, "object", "", Span(0, len(document.text)), start, children),)


class _Outline:
    def __init__(self, document: Document) -> None:
        self._document = document

    def children(self, value: JsonValue, path: Path) -> Iterator[OutlineSymbol]:
        if len(path) >= _DEEPEST:
            return
        if isinstance(value, dict):
            for key, inner in value.items():
                yield self._symbol(key, inner, (*path, key))
        elif isinstance(value, list) and path == ENTRYPOINTS:
            for index, inner in enumerate(value):
                yield self.entrypoint(index, inner)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield self._symbol(str(index + 1), inner, (*path, index))

    def _symbol(self, name: str, value: JsonValue, path: Path) -> OutlineSymbol:
        whole = self._document.span(path, "property")
        named = self._document.span(path, "key") if isinstance(path[-1], str) else whole
        is_variable = path[:-1] == ("env_vars",)
        detail = value if path[0] in _TOLD and len(path) == 1 and isinstance(value, str) else ""
        return OutlineSymbol(
            name=name.strip() or '""',
            kind="variable" if is_variable else value_kind(value),
            detail=detail,
            span=_around(whole, named),
            name_span=named,
            children=tuple(self.children(value, path)),
        )

    def entrypoint(self, index: int, value: JsonValue) -> OutlineSymbol:
        whole = self._document.span((*ENTRYPOINTS, index))
        named = tag_span(self._document, index)
        return OutlineSymbol(
            name=label(value, index),
            kind=entrypoint_kind(value),
            detail=_detail(value),
            span=_around(whole, named),
            name_span=named,
        )


def _detail(value: JsonValue) -> str:
    if kind_of(value) == "webhook":
        return _host(text_of(value, "webhook_url"))
    parts = [part for part in (text_of(value, "file"), text_of(value, "module")) if part]
    return ": ".join(parts) + (" (stream)" if text_of(value, "tag").endswith("_stream") else "")


def _host(address: str) -> str:
    """Where a webhook is; its path and query may be secret."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _around(span: Span, inner: Span) -> Span:
    return Span(min(span.start, inner.start), max(span.end, inner.end))
