"""What a call gives, kept until it ends."""

from __future__ import annotations

from collections.abc import Sequence

from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.runs import OutputItem, RunState
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import JsonValue

LARGEST_STREAM = 256 * 1024 * 1024
"""Characters of one item's chunks. What is more belongs into a file that the function writes."""


class Collector:
    """A `Sink` that keeps a stream's chunks.

    `begun` once the call may have reached the agent, `running` once it has.
    """

    def __init__(self) -> None:
        self.begun = False
        self.running = False
        self.chunks: list[JsonValue] = []
        self.unknown_frames = 0
        self.size = 0

    async def state(self, state: RunState, target: Target | None) -> None:
        # the state `connecting` is the last that is certainly before the request
        self.begun = self.begun or state == "connecting"
        self.running = self.running or state == "running"

    async def output(self, items: Sequence[OutputItem]) -> None:
        for item in items:
            self.size += len(item.raw)
            if item.type == "unknown-frame":
                self.unknown_frames += 1
            else:
                self.chunks.append(item.value)
        if self.size > LARGEST_STREAM:
            raise AgentError(
                f"The chunks of this item are more than {LARGEST_STREAM // 1024**2} MB together.",
                suggestion="Let the function write a file, and give back its name.",
            )
