"""The entrypoints of all agents, found by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.snapshot import Snapshot
from runagent_ls.features.symbols.entrypoints import (
    SymbolKind,
    entrypoint_kind,
    label,
    tag_span,
    text_of,
)
from runagent_ls.jsontree.document import Document
from runagent_ls.project.configuration import agent_name
from runagent_ls.project.entrypoints import entrypoint_values
from runagent_ls.text.position import Span

MOST: Final = 1_000
"""Symbols of the workspace given at once, the best ones."""


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


def find_entrypoints(snapshot: Snapshot, query: str) -> tuple[EntrypointSymbol, ...]:
    """Entrypoints whose tag, module or agent's name has the letters of the query in order.

    Blanks part the query into words that may be found in different ones of these. Better ones
    come first; an empty query finds all, at most `MOST`.
    """
    words = query.casefold().split()
    found: list[tuple[int, EntrypointSymbol]] = []
    for config in snapshot.configs:
        document = snapshot.document(config)
        agent = agent_name(document, config.parent)
        for index, value in enumerate(entrypoint_values(document.value)):
            called = label(value, index)
            match = _match(words, called, text_of(value, "module"), agent)
            if match is not None:
                rank, name = match
                kind = entrypoint_kind(value)
                symbol = EntrypointSymbol(name, agent, kind, config, index, called, document)
                found.append((rank, symbol))
    found.sort(key=lambda it: it[0])
    return tuple(symbol for _, symbol in found[:MOST])


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
