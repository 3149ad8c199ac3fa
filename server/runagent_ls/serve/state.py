"""How a served agent is, and what is wrong with it, in the words of every surface."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

State: TypeAlias = Literal[
    "starting", "ready", "reloading", "stale", "stopping", "stopped", "failed"
]
"""`reloading`: the old worker answers while a new one starts. `stale`: the new one failed, the old
one goes on answering. `failed`: nothing answers."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One step of a traceback; `line` counts from 1. Only steps in the agent's own code."""

    file: Path
    line: int
    function: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an agent does not start, or stopped. `message` is what the platform's server would say
    where it says anything. `frames`: innermost last. `tag` is the entrypoint that failed."""

    code: str
    message: str
    suggestion: str | None = None
    exception: str | None = None
    tag: str | None = None
    frames: tuple[Frame, ...] = ()
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class EntrypointReport:
    """One entrypoint as the runtime sees it. None where an earlier answer leaves none."""

    tag: str
    exists: bool
    callable: bool | None = None
    streams: bool | None = None
    kind: str | None = None
    """function, coroutine function, generator function, async generator function, class, object"""
    signature: str | None = None
    file: Path | None = None
    line: int | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A served agent at one moment. `stale_since` is set while the state is `stale`."""

    state: State
    since: datetime
    stale_since: datetime | None = None
    failure: Failure | None = None
    worker_pid: int | None = None
    python: str | None = None
    """Version of the agent's interpreter, `3.11.7`."""
    entrypoints: tuple[EntrypointReport, ...] = ()
    debug_port: int | None = None
    running: int = 0
    waiting: int = 0


class StartFailedError(Exception):
    """The agent did not start."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure
