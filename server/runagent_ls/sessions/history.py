"""A session's events, one after the other, as what it had in mind and as the steps it took."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from agent_runtime.events import Event
from runagent_ls.sessions import fields
from runagent_ls.sessions.mind import Mind

MOST_CHECKPOINTS: Final = 2000
MOST_TOOLS: Final = 50
"""Of one step; it is about seeing what was done, not about all of it."""
_THOUGHT: Final = 500
_LONGEST_NAME: Final = 200
"""Of a tool, or of what went wrong with it."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`tool` is None when the model's output could not be read, `error` when it went well."""

    tool: str | None
    ok: bool
    error: str | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A complete step. `at` is seconds since 1970; `elapsed_ms` that of the model and its tools."""

    step: int
    at: float
    thought: str
    tools: tuple[ToolCall, ...]
    input_tokens: int
    output_tokens: int
    elapsed_ms: float


@dataclass(slots=True)
class SessionHistory(Mind):
    """What `events` say. What it had in mind is as of the step that was asked for, `checkpoints`
    are those of all steps, or of all before one; the oldest are left out beyond a limit."""

    input: str = ""
    last_step: int = 0
    checkpoints: deque[Checkpoint] = field(default_factory=lambda: deque(maxlen=MOST_CHECKPOINTS))
    checkpoints_cut: bool = False


def history_of(
    events: Iterable[Event], step: int | None = None, before: int | None = None
) -> SessionHistory:
    """Follow all events; those after `step` add steps, and nothing to what it had in mind. With
    `before`, only checkpoints of steps before that one are there."""
    found = SessionHistory()
    current = _Step()
    for event in events:
        said: Mapping[str, object] = dict(event)
        found.last_step = max(found.last_step, event["step"])
        if event["type"] == "session_started":
            found.input = fields.text(said, "input") or ""
        elif event["type"] == "step_started":
            current = _Step()
        elif event["type"] == "checkpoint":
            if before is None or event["step"] < before:
                found.checkpoints_cut |= len(found.checkpoints) == MOST_CHECKPOINTS
                found.checkpoints.append(current.complete(event["step"], event["at"]))
            current = _Step()
        else:
            current.follow(event["type"], said)
        if step is None or event["step"] <= step:
            found.follow(event["type"], said)
    return found


@dataclass(slots=True)
class _Step:
    thought: str = ""
    tools: list[ToolCall] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0
    elapsed_ms: float = 0.0

    def follow(self, kind: str, said: Mapping[str, object]) -> None:
        if kind == "thought":
            self.thought = fields.beginning(fields.text(said, "text") or "", _THOUGHT)
            tokens = fields.mapping(said, "tokens")
            self.input_tokens += fields.count(tokens, "input") or 0
            self.output_tokens += fields.count(tokens, "output") or 0
        elif kind == "observation" and len(self.tools) < MOST_TOOLS:
            ok = said.get("ok") is True
            error = None if ok else _name(said, "error")
            self.tools.append(ToolCall(_name(said, "tool"), ok, error))
        if kind in {"thought", "observation"}:
            self.elapsed_ms += max(0.0, fields.number(said, "elapsed_ms") or 0.0)

    def complete(self, step: int, at: float) -> Checkpoint:
        return Checkpoint(
            step,
            at,
            self.thought,
            tuple(self.tools),
            self.input_tokens,
            self.output_tokens,
            self.elapsed_ms,
        )


def _name(said: Mapping[str, object], name: str) -> str | None:
    found = fields.text(said, name)
    return None if found is None else fields.beginning(found, _LONGEST_NAME)
