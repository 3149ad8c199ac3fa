"""The lines of `.env`, as python-dotenv reads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class EnvEntry:
    """`key` and its place; `value` is None without an equals sign, and not yet filled in."""

    key: str
    value: str | None
    span: Span


@lru_cache(maxsize=256)
def env_entries(text: str) -> tuple[EnvEntry, ...]:
    """All entries in order; of a repeated key the last one counts."""
    if not text.strip():
        return ()
    from io import StringIO

    from dotenv.parser import parse_stream

    found: list[EnvEntry] = []
    at = 0
    for binding in parse_stream(StringIO(text, newline="")):
        written = binding.original.string
        if binding.key is not None:
            start = at + max(written.find(binding.key), 0)
            span = Span(start, start + len(binding.key))
            found.append(EnvEntry(binding.key, binding.value, span))
        at += len(written)
    return tuple(found)
