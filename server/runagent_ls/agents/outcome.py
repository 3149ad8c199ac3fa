"""What a run hands on while it goes on, and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from runagent_ls.agents.call import RunResult
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import JsonValue, for_display

RunState: TypeAlias = Literal["waiting", "resolving", "connecting", "running"]
"""`waiting` for its turn among other runs, or for the next attempt after a failed one."""
EndState: TypeAlias = Literal["completed", "failed", "cancelled"]


@dataclass(slots=True)
class OutputItem:
    """One chunk or unknown frame, numbered together; `at_ms` since the run was asked for.

    For `text` the value is a string. `raw` is the text as it came.
    """

    index: int
    at_ms: float
    type: Literal["text", "value", "unknown-frame"]
    value: JsonValue
    raw: str


class Sink(Protocol):
    """Where a run's progress goes. Nothing more is read from the agent while a call waits."""

    async def state(self, state: RunState, target: Target | None) -> None: ...

    async def output(self, items: Sequence[OutputItem]) -> None:
        """What arrived together, in order, at least one item."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended. `result` for a completed call only, `error` for a failed run only.

    `stopped`, for a cancelled run: whether the agent's function does not go on. `chunks` counts
    chunks, not unknown frames. `attempts` counts how often the agent was called or tried to be.
    Times in milliseconds since the run was asked for.
    """

    state: EndState
    target: Target | None
    elapsed_ms: float
    chunks: int
    first_chunk_ms: float | None = None
    result: RunResult | None = None
    error: AgentError | None = None
    stopped: bool | None = None
    attempts: int = 0

    def to_message(self, run_id: str) -> dict[str, JsonValue]:
        """`RunOutcome` of schemas/protocol.schema.json."""
        message: dict[str, JsonValue] = {
            "runId": run_id,
            "state": self.state,
            "target": None if self.target is None else self.target.to_message(),
            "elapsedMs": round(self.elapsed_ms, 3),
            "chunks": self.chunks,
            "attempts": self.attempts,
        }
        if self.result is not None:
            message["value"] = for_display(self.result.value)
        if self.error is not None:
            message["error"] = self.error.to_message()
        if self.first_chunk_ms is not None:
            message["firstChunkMs"] = round(self.first_chunk_ms, 3)
        if self.stopped is not None:
            message["stopped"] = self.stopped
        return message
