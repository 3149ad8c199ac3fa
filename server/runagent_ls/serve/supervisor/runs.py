"""What is asked of a supervisor, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.state import Frame, Status

FailureKind: TypeAlias = Literal["raised", "exit", "cancelled", "timeout", "died", "memory"]
"""`raised`: the function raised, or cannot be called. `exit`: it raised SystemExit or
KeyboardInterrupt. `cancelled`: it was asked to end, or the agent was stopped. `timeout`: it took
longer than a run may. `died`: the agent's process ended under it. `memory`: the agent was ended
because it used more memory than it may."""


@dataclass(frozen=True, slots=True)
class Run:
    """One call of an entrypoint. `id` is the caller's and unique among the runs that go on."""

    id: str
    tag: str
    args: Sequence[JsonValue] = ()
    kwargs: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Output:
    """What a call gave. `data` is the structured string of the wire."""

    data: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Problem:
    """An argument that does not fit the function's signature; `parameter` is None when it is about
    no single one."""

    parameter: str | None
    message: str


class RunFailedError(Exception):
    """A run that gave nothing, or that broke off.

    `exception` is the name of Python's exception class, `frames` its steps in the agent's own
    files (innermost last) and `problems` the arguments that do not fit, where there are any.
    """

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        *,
        exception: str | None = None,
        frames: tuple[Frame, ...] = (),
        problems: tuple[Problem, ...] = (),
        seconds: float = 0.0,
    ) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind
        self.message = message
        self.exception = exception
        self.frames = frames
        self.problems = problems
        self.seconds = seconds


class OverloadedError(Exception):
    """So many runs go on and wait that no more are taken. `retry_after` in whole seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


class Listener(Protocol):
    """Is told what happens, in the event loop's thread; must return at once."""

    def status_changed(self, status: Status) -> None: ...

    def logged(self, run_id: str | None, stream: str, text: str) -> None:
        """`text` was written to `stream`, stdout or stderr; by a run, or None when by none."""
