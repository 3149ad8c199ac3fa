"""What a run gave, as expectations look at it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from runagent_ls.agents.outcome import OutputItem, RunOutcome
from runagent_ls.agents.values import JsonValue

MOST_CHARACTERS: Final = 64 * 1024 * 1024
"""Of a stream's output; what comes behind is counted, not kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`output` is the result of a call or the list of a stream's chunks, `text` all of it as text.

    `has_output` is False for a call that failed. `is_complete` is False when a stream was longer
    than what is kept.
    """

    outcome: RunOutcome
    streams: bool
    output: JsonValue
    text: str
    has_output: bool = True
    is_complete: bool = True


class Collector:
    """Keeps what a stream gives, within limits."""

    def __init__(self) -> None:
        self._chunks: list[JsonValue] = []
        self._characters = 0

    def take(self, items: Sequence[OutputItem]) -> None:
        """What arrived together."""
        for item in items:
            if item.type == "unknown-frame":
                continue
            self._characters += len(item.raw)
            if self._characters <= MOST_CHARACTERS:
                self._chunks.append(item.value)

    def answer(self, outcome: RunOutcome, *, streams: bool) -> Answer:
        """All that came, when the run has ended."""
        if streams:
            text = "".join(map(text_of, self._chunks))
            is_complete = self._characters <= MOST_CHARACTERS
            return Answer(outcome, True, self._chunks, text, True, is_complete)
        if outcome.result is None:
            return Answer(outcome, False, None, "", has_output=False)
        value = outcome.result.value
        return Answer(outcome, False, value, text_of(value))


def text_of(value: JsonValue) -> str:
    """Text as it is, anything else as JSON on one line. No agent's value is nested too deeply."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
