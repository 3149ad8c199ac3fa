"""What happened in an agent, in words for people: one line each unless it says so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from runagent_ls.cli.terminal import harmless, one_line
from runagent_ls.cli.trace.events import TraceEvent
from runagent_ls.sessions import fields

_LONGEST: Final = 800
"""Characters of what a tool gives."""
_LONGEST_VALUE: Final = 300
"""Characters of one thing that it is given."""
_MOST_LINES: Final = 10
_MOST_NAMED: Final = 5
_LONGEST_MEMORY: Final = 60
_REASONS: Final[Mapping[str, str]] = {
    "max_iterations": "no answer within the steps that it may take (max_iterations)",
    "token_budget": "no answer within the tokens that it may use (token_budget)",
    "time_limit": "no answer within its time (time_limit)",
}


@dataclass(slots=True)
class Spent:
    """What a step took, or a session: times and tokens of its thoughts and tools."""

    elapsed_ms: float = 0.0
    read: int = 0
    written: int = 0
    estimated: bool = False

    def add(self, event: TraceEvent) -> None:
        """What one event says."""
        self.elapsed_ms += max(0.0, fields.number(event, "elapsed_ms") or 0.0)
        tokens = fields.mapping(event, "tokens")
        self.read += fields.count(tokens, "input") or 0
        self.written += fields.count(tokens, "output") or 0
        self.estimated |= tokens.get("estimated") is True

    def __str__(self) -> str:
        tokens = f"{counted(self.read, 'token')} read, {self.written} written"
        return f"{seconds(self.elapsed_ms)}, {tokens}{' (estimated)' if self.estimated else ''}"


def seconds(milliseconds: float) -> str:
    """`0.25 s`"""
    return f"{milliseconds / 1000:.2f} s"


def counted(number: int, noun: str) -> str:
    """`1 step`, `2 steps`"""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Shortener:
    """Shortens what is long. `has_shortened` tells whether anything was."""

    def __init__(self) -> None:
        self.has_shortened = False

    def __call__(self, text: str, longest: int = _LONGEST) -> str:
        """The beginning of a long text, and how much is left out."""
        lines = text[:longest].rstrip().split("\n")
        shown = "\n".join(lines[:_MOST_LINES])
        left = len(text.rstrip()) - len(shown)
        if left <= 0:
            return shown
        self.has_shortened = True
        return f"{shown} … and {counted(left, 'character')} more"


def call(event: Mapping[str, object], shorten: Shortener) -> str:
    """A tool and its arguments: `add(a=1, b=2)`."""
    name = one_line(fields.text(event, "tool") or "?")
    values = event.get("arguments")
    if not isinstance(values, dict):
        return name if values is None else f"{name}({_json(values, shorten)})"
    given = (f"{one_line(key)}={_json(it, shorten)}" for key, it in values.items())
    return f"{name}({', '.join(given)})"


def observed(event: TraceEvent, shorten: Shortener) -> str:
    """What a tool gave; several lines."""
    content = fields.text(event, "content")
    if content is None:
        content = json.dumps(event.get("value"), ensure_ascii=False)
    return shorten(harmless(content))


def recalled(event: TraceEvent) -> str:
    """The memories that came into the prompt."""
    memories = [fields.text(it, "text") or "" for it in fields.objects(event, "memories")]
    return f"recalled {_listed(map(_quoted, memories), len(memories)) or 'nothing'}"


def stored(event: TraceEvent) -> str:
    """What is remembered from now on."""
    return f"remembers {_quoted(fields.text(event, 'text') or '')}"


def in_mind(event: TraceEvent, shorten: Shortener) -> str:
    """How the working memory changed."""
    changed = fields.mapping(event, "set")
    said = []
    if changed:
        items = (f"{one_line(key)} = {_json(it, shorten)}" for key, it in changed.items())
        said.append(f"has in mind: {_listed(items, len(changed))}")
    if gone := fields.texts(event, "removed"):
        said.append(f"drops {_listed(map(one_line, gone), len(gone))}")
    return "; ".join(said)


def graph(event: TraceEvent) -> str:
    """How large the graph is now, and what is new in it."""
    entities = fields.count(event, "entity_count") or 0
    relations = fields.count(event, "relation_count") or 0
    size = f"{entities} {'entity' if entities == 1 else 'entities'}"
    new = list(_relations(event))
    added = f": {_listed(iter(new), len(new))}" if new else ""
    return f"graph of {size}, {counted(relations, 'relation')}{added}"


def retried(event: TraceEvent, was_shown: bool) -> str:
    """Why the model is asked again, and when; whether something of its reply `was_shown`."""
    attempt = fields.count(event, "attempt")
    number = "" if attempt is None else f" (attempt {attempt})"
    pause = seconds(fields.number(event, "delay_ms") or 0.0)
    error = one_line(fields.text(event, "error") or "there is no reply")
    counts = ", what it wrote so far does not count" if was_shown else ""
    return f"the model is asked again{number} in {pause}{counts}: {error}"


def ended(event: TraceEvent, spent: Spent) -> str:
    """How a session ended, and what it took."""
    reason = fields.text(event, "reason") or "ended"
    steps = counted(fields.count(event, "steps") or 0, "step")
    calls = counted(fields.count(event, "tool_calls") or 0, "tool call")
    return f"{_REASONS.get(reason, one_line(reason))}: {steps}, {calls}, {spent}"


def _relations(event: TraceEvent) -> Iterator[str]:
    for each in fields.objects(event, "relations"):
        names = (fields.text(each, name) or "" for name in ("source", "kind", "target"))
        yield " ".join(map(one_line, names))


def _listed(items: Iterable[str], count: int) -> str:
    shown = [text for text, _ in zip(items, range(_MOST_NAMED), strict=False)]
    more = [f"{count - len(shown)} more"] if count > len(shown) else []
    return ", ".join([*shown, *more])


def _quoted(text: str) -> str:
    return f'"{fields.beginning(one_line(text), _LONGEST_MEMORY)}"'


def _json(value: object, shorten: Shortener) -> str:
    return shorten(one_line(json.dumps(value, ensure_ascii=False)), _LONGEST_VALUE)
