"""Entrypoints as symbols: what they are called, of which kind they are, where they stand."""

from __future__ import annotations

from typing import Literal, TypeAlias

from runagent_ls.jsontree.contents import content_of
from runagent_ls.jsontree.document import Document, JsonValue
from runagent_ls.schema.entrypoints import ENTRYPOINTS, kind_of
from runagent_ls.text.position import Span

SymbolKind: TypeAlias = Literal[
    "function", "event", "variable", "string", "number", "boolean", "array", "object", "null"
]
"""`function` is an entrypoint in Python, `event` one that a webhook answers."""


def label(value: JsonValue, index: int) -> str:
    """What people call an entrypoint; never blank."""
    names = (text_of(value, key).strip() for key in ("tag", "module", "file"))
    return next(filter(None, names), f"entrypoint {index + 1}")


def tag_span(document: Document, index: int) -> Span:
    """The tag of an entrypoint, the whole of it where it has none."""
    path = (*ENTRYPOINTS, index)
    content = content_of(document, (*path, "tag"))
    return content.span if content is not None else document.span(path)


def text_of(value: JsonValue, key: str) -> str:
    """The string at a key; empty for everything else."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def entrypoint_kind(value: JsonValue) -> SymbolKind:
    """Of an item of the list of entrypoints, whatever it is."""
    kind = kind_of(value)
    if kind == "webhook":
        return "event"
    return "function" if kind == "python" else value_kind(value)


def value_kind(value: JsonValue) -> SymbolKind:
    """Of any other value, by its type."""
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
