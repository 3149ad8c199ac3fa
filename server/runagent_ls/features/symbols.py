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
from runagent_ls.project.model import AgentProject, Entrypoint
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
    project: AgentProject
    entrypoint: Entrypoint

    @property
    def span(self) -> Span:
        return tag_span(self.project, self.entrypoint)


# --- the outline --------------------------------------------------------------------------


def outline(project: AgentProject, *, whole: bool = True) -> tuple[OutlineSymbol, ...]:
    """The configuration as a tree, entrypoints by their tags; also of a broken text.

    Unless `whole`, the entrypoints alone: what an editor's own outline of JSON does not tell.
    """
    value, tree = project.document.value, _Outline(project)
    if not whole:
        return tuple(tree.entrypoint(it) for it in project.entrypoints)
    return tuple(tree.children(value, ())) if isinstance(value, dict) else ()


class _Outline:
    def __init__(self, project: AgentProject) -> None:
        self._document: Document = project.document
        self._entrypoints = {it.path: it for it in project.entrypoints}
        self._project = project

    def children(self, value: JsonValue, path: Path) -> Iterator[OutlineSymbol]:
        if len(path) >= _DEEPEST:
            return
        if isinstance(value, dict):
            for key, inner in value.items():
                yield self._symbol(key, inner, (*path, key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield self._symbol(str(index + 1), inner, (*path, index))

    def _symbol(self, name: str, value: JsonValue, path: Path) -> OutlineSymbol:
        if (entrypoint := self._entrypoints.get(path)) is not None:
            return self.entrypoint(entrypoint)
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

    def entrypoint(self, entrypoint: Entrypoint) -> OutlineSymbol:
        whole = self._document.span(entrypoint.path)
        named = tag_span(self._project, entrypoint)
        return OutlineSymbol(
            name=label(entrypoint),
            kind=_entrypoint_kind(entrypoint),
            detail=_detail(entrypoint),
            span=_around(whole, named),
            name_span=named,
        )


def tag_span(project: AgentProject, entrypoint: Entrypoint) -> Span:
    """The tag of an entrypoint, the whole of it where it has none."""
    content = content_of(project.document, (*entrypoint.path, "tag"))
    return content.span if content is not None else project.document.span(entrypoint.path)


def label(entrypoint: Entrypoint) -> str:
    """What people call an entrypoint; never blank."""
    names = (entrypoint.tag, entrypoint.module, entrypoint.file)
    found = next((name.strip() for name in names if name and name.strip()), None)
    return found or f"entrypoint {entrypoint.index + 1}"


def _detail(entrypoint: Entrypoint) -> str:
    if entrypoint.kind == "webhook":
        return _host(entrypoint.value)
    parts = [part for part in (entrypoint.file, entrypoint.module) if part]
    return ": ".join(parts) + (" (stream)" if entrypoint.is_stream else "")


def _host(value: JsonValue) -> str:
    """Where a webhook is; its path and query may be secret."""
    address = value.get("webhook_url") if isinstance(value, dict) else None
    try:
        return urlsplit(address).hostname or "" if isinstance(address, str) else ""
    except ValueError:
        return ""


def _entrypoint_kind(entrypoint: Entrypoint) -> SymbolKind:
    if entrypoint.kind == "webhook":
        return "event"
    return "function" if entrypoint.kind == "python" else _kind(entrypoint.value)


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
    found = [
        (rank, name, project, entrypoint)
        for config in snapshot.configs
        for project in (snapshot.project(config),)
        for agent in (agent_name(project),)
        for entrypoint in project.entrypoints
        if (match := _match(words, entrypoint, agent)) is not None
        for rank, name in (match,)
    ]
    found.sort(key=lambda it: it[0])
    return tuple(
        EntrypointSymbol(name, agent_name(project), project, entrypoint)
        for _, name, project, entrypoint in found[:MOST]
    )


def agent_name(project: AgentProject) -> str:
    """The name of an agent, of its folder where it has none."""
    value = project.document.value
    name = value.get("agent_name") if isinstance(value, dict) else None
    return name.strip() if isinstance(name, str) and name.strip() else project.root.name


def _match(words: list[str], entrypoint: Entrypoint, agent: str) -> tuple[int, str] | None:
    """How good a match is, 0 the best, and a name that holds all that was matched.

    Editors filter once more by what they show, so the module or the agent's name is put in
    brackets when it is what was found.
    """
    name = label(entrypoint)
    if not words:
        return 0, name
    rank = _rank(words, name)
    if rank is not None:
        return rank, name
    module = entrypoint.module or ""
    for number, more in enumerate((module, agent, f"{module}, {agent}"), 1):
        longer = f"{name} ({more})"
        rank = _rank(words, longer)
        if more and rank is not None:
            return 10 * number + rank, longer
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


def entrypoint_at(snapshot: Snapshot, config: FilePath, index: int, name: str) -> Span | None:
    """Where an entrypoint found before is now: by its tag, else by its number."""
    project = snapshot.project(config)
    entrypoints = project.entrypoints
    at_index = entrypoints[index : index + 1] if index >= 0 else ()
    same = [it for it in (*at_index, *entrypoints) if label(it) == name]
    found = same[0] if same else next(iter(at_index), None)
    return tag_span(project, found) if found is not None else None
