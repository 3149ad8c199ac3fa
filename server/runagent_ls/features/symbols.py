"""Symbols: the outline of a configuration, and the entrypoints of all agents by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.contents import content_of
from runagent_ls.jsontree.document import Document, JsonValue, Path
from runagent_ls.project.entrypoints import entrypoint_values
from runagent_ls.schema.entrypoints import kind_of
from runagent_ls.text.position import Span

SymbolKind: TypeAlias = Literal[
    "function", "event", "variable", "string", "number", "boolean", "array", "object", "null"
]
"""`function` is an entrypoint in Python, `event` one that a webhook answers."""

MOST: Final = 1_000
"""Symbols of the workspace given at once, the best ones."""
_TOLD: Final = ("agent_name", "framework", "version", "agent_id")
"""Values that the outline shows: what a field that nobody knows holds may be a secret."""
_DEEPEST: Final = 12
_ENTRYPOINTS: Final = ("agent_architecture", "entrypoints")


@dataclass(frozen=True, slots=True)
class OutlineSymbol:
    """A node of the outline. `span` is all of it and holds `name_span` and the children."""

    name: str
    kind: SymbolKind
    detail: str
    span: Span
    name_span: Span
    children: tuple[OutlineSymbol, ...] = ()


@dataclass(frozen=True, slots=True)
class EntrypointSymbol:
    """An entrypoint found by name; `span` asks for its place in the configuration."""

    name: str
    container: str
    kind: SymbolKind
    config: FilePath
    index: int
    label: str
    """What it is called without anything in brackets."""
    document: Document

    @property
    def span(self) -> Span:
        return tag_span(self.document, self.index)


# --- the outline --------------------------------------------------------------------------


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
    name, start = agent_name(document, config), Span(0, 0)
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
        elif isinstance(value, list) and path == _ENTRYPOINTS:
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
            kind="variable" if is_variable else _kind(value),
            detail=detail,
            span=_around(whole, named),
            name_span=named,
            children=tuple(self.children(value, path)),
        )

    def entrypoint(self, index: int, value: JsonValue) -> OutlineSymbol:
        whole = self._document.span((*_ENTRYPOINTS, index))
        named = tag_span(self._document, index)
        return OutlineSymbol(
            name=label(value, index),
            kind=_entrypoint_kind(value),
            detail=_detail(value),
            span=_around(whole, named),
            name_span=named,
        )


def tag_span(document: Document, index: int) -> Span:
    """The tag of an entrypoint, the whole of it where it has none."""
    path = (*_ENTRYPOINTS, index)
    content = content_of(document, (*path, "tag"))
    return content.span if content is not None else document.span(path)


def label(value: JsonValue, index: int) -> str:
    """What people call an entrypoint; never blank."""
    names = (_text(value, key).strip() for key in ("tag", "module", "file"))
    return next(filter(None, names), f"entrypoint {index + 1}")


def _text(value: JsonValue, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _detail(value: JsonValue) -> str:
    if kind_of(value) == "webhook":
        return _host(_text(value, "webhook_url"))
    parts = [part for part in (_text(value, "file"), _text(value, "module")) if part]
    return ": ".join(parts) + (" (stream)" if _text(value, "tag").endswith("_stream") else "")


def _host(address: str) -> str:
    """Where a webhook is; its path and query may be secret."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _entrypoint_kind(value: JsonValue) -> SymbolKind:
    kind = kind_of(value)
    if kind == "webhook":
        return "event"
    return "function" if kind == "python" else _kind(value)


def _kind(value: JsonValue) -> SymbolKind:
    match value:
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return "null"


def _around(span: Span, inner: Span) -> Span:
    return Span(min(span.start, inner.start), max(span.end, inner.end))


# --- the whole workspace ------------------------------------------------------------------


def find_entrypoints(snapshot: Snapshot, query: str) -> tuple[EntrypointSymbol, ...]:
    """Entrypoints whose tag, module or agent's name has the letters of the query in order.

    Blanks part the query into words that may be found in different ones of these. Better ones
    come first; an empty query finds all, at most `MOST`.
    """
    words = query.casefold().split()
    found: list[tuple[int, EntrypointSymbol]] = []
    for config in snapshot.configs:
        document = snapshot.document(config)
        agent = agent_name(document, config)
        for index, value in enumerate(entrypoint_values(document.value)):
            called = label(value, index)
            match = _match(words, called, _text(value, "module"), agent)
            if match is not None:
                rank, name = match
                kind = _entrypoint_kind(value)
                symbol = EntrypointSymbol(name, agent, kind, config, index, called, document)
                found.append((rank, symbol))
    found.sort(key=lambda it: it[0])
    return tuple(symbol for _, symbol in found[:MOST])


def agent_name(document: Document, config: FilePath) -> str:
    """The name of an agent, of its folder where it has none."""
    value = document.value
    name = value.get("agent_name") if isinstance(value, dict) else None
    return name.strip() if isinstance(name, str) and name.strip() else config.parent.name


def _match(words: list[str], name: str, module: str, agent: str) -> tuple[int, str] | None:
    """How good a match is, 0 the best, and a name that holds all that was matched.

    Editors filter once more by what they show, so the module or the agent's name is put in
    brackets when it is what was found.
    """
    if not words:
        return 0, name
    choices = [name, f"{name} ({agent})"]
    if module:
        choices = [name, f"{name} ({module})", f"{name} ({agent})", f"{name} ({module}, {agent})"]
    text = choices[-1].casefold()
    if not all(_has_in_order(text, word) for word in words):
        return None
    for number, shown in enumerate(choices):
        rank = _rank(words, shown)
        if rank is not None:
            return 10 * number + rank, shown
    return None


def _rank(words: list[str], name: str) -> int | None:
    """0 for the name itself, 1 for its beginning, 2 for a part of it, 3 for scattered letters."""
    text = name.casefold()
    ranks = []
    for word in words:
        if text == word:
            ranks.append(0)
        elif text.startswith(word):
            ranks.append(1)
        elif word in text:
            ranks.append(2)
        elif _has_in_order(text, word):
            ranks.append(3)
        else:
            return None
    return max(ranks)


def _has_in_order(text: str, letters: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


def entrypoint_at(document: Document, index: int, name: str) -> Span | None:
    """Where an entrypoint found before is now: by what it is called, else by its number."""
    values = entrypoint_values(document.value)
    names = [label(value, number) for number, value in enumerate(values)]
    known = 0 <= index < len(names)
    if known and names[index] == name:
        return tag_span(document, index)
    if name in names:
        return tag_span(document, names.index(name))
    return tag_span(document, index) if known else None
