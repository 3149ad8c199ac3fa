"""What a batch is asked to do, and what it says while it does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.agents.values import JsonValue

InputFormat: TypeAlias = Literal["jsonl", "csv"]
InputCheck: TypeAlias = Callable[[Sequence[JsonValue], Mapping[str, JsonValue]], Sequence[str]]
"""What is certainly wrong with the inputs of one call, one sentence each; empty when nothing is."""


class BatchError(Exception):
    """The batch cannot begin or go on: `message` says why, `advice` what to do next."""

    def __init__(self, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """One batch. Times in seconds.

    `input` None is standard input. `input_format` None goes by the file's name. `input_schema`
    is the JSON Schema of the entrypoint's keyword arguments, which gives the cells of a CSV file
    their types. `check` looks at each item before it is called. `retries` limits how often a call
    that may have run is repeated, if `repeat_unsafe` allows it at all. `give_up_after` limits how
    long the batch waits for an agent that is gone, `finish_within` how long running calls may
    take once the batch was asked to stop. `user_id`, `persistent_memory` and `extra` go with each
    call, see `Call`.
    """

    tag: str
    input: Path | None
    output: Path
    input_format: InputFormat | None = None
    concurrency: int = 4
    resume: bool = False
    ordered: bool = False
    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: int = 2
    repeat_unsafe: bool = False
    deduplicate: bool = False
    input_schema: Mapping[str, JsonValue] | None = None
    check: InputCheck | None = None
    give_up_after: float = 120.0
    finish_within: float = 30.0
    user_id: str | None = None
    persistent_memory: bool = False
    extra: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far the batch is. `done` counts every item that has a result, earlier ones included.

    `total` is None while it is not known. `failed` counts failed and unknown items. `rate` is in
    items a second, `eta_s` in seconds; both None until they can be estimated.
    """

    done: int
    total: int | None
    failed: int
    running: int
    rate: float | None
    eta_s: float | None
    paused: bool = False

    def to_message(self) -> dict[str, JsonValue]:
        """`BatchProgress` of schemas/protocol.schema.json, without the run's id."""
        return {
            "done": self.done,
            "total": self.total,
            "failed": self.failed,
            "running": self.running,
            "rate": None if self.rate is None else round(self.rate, 3),
            "etaS": None if self.eta_s is None else round(self.eta_s, 1),
            "paused": self.paused,
        }
