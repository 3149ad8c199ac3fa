"""What the agent's own Python said of a project: facts that parsing alone cannot have.

Whoever has had the agent imported (`serve.verification`) puts an `Observation` into the project,
whoever runs its entrypoints puts the `FailedRun`s there; rules turn them into findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Literal, TypeAlias

from runagent_ls.jsontree.document import JsonValue

FaultKind: TypeAlias = Literal[
    "raised", "name", "attribute", "exit", "died", "timeout", "configuration", "interpreter"
]
"""`raised`: an exception came out of importing a file. `name`: the file lacks the first part of
`module`. `attribute`: an object lacks a further part, or failed to give it. `exit`: code ended the
process by an exception (SystemExit, KeyboardInterrupt). `died`: the process was gone. `timeout`: it
was still importing when the time was over. `configuration`: it was not even imported.
`interpreter`: the Python itself did not start."""


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a file of the agent, counted from 1, with its text when it was run."""

    file: FilePath
    line: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an entrypoint, or the whole agent, does not start.

    `message` is the text of the exception or of who noticed. `steps` lead to the place, innermost
    last. `missing` is the module that is not installed and `install` the command that would, as
    words.
    """

    kind: FaultKind
    message: str
    exception: str | None = None
    steps: tuple[Step, ...] = ()
    suggestion: str | None = None
    exit_code: int | None = None
    missing: str | None = None
    install: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObservedEntrypoint:
    """An entrypoint as it was at run time.

    `value` is its item of the configuration then: it speaks of no entrypoint that was edited
    since. `kind` as in `serve.state.EntrypointReport`. None where nothing is known.
    """

    value: JsonValue
    exists: bool | None = None
    callable: bool | None = None
    streams: bool | None = None
    kind: str | None = None
    at: Step | None = None
    """Where it is defined."""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at an agent. `fault` is about the agent as a whole, not about one entrypoint."""

    interpreter: FilePath
    python: str | None
    entrypoints: tuple[ObservedEntrypoint, ...] = ()
    fault: Fault | None = None
    broken_environments: tuple[FilePath, ...] = ()
    """Environments that would have come before `interpreter`, but whose Python is gone."""


@dataclass(frozen=True, slots=True)
class FailedRun:
    """The last run of an entrypoint, which failed in the agent's own code.

    `value` is the entrypoint's item of the configuration then, as in `ObservedEntrypoint`. `fault`
    has at least one step, the place of the failure last.
    """

    tag: str
    value: JsonValue
    fault: Fault
