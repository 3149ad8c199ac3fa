"""How a session stands: what its events add up to.

A running session and one that is read back from a store are the same: both come about by applying
event after event.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from agent_runtime.events import (
    Action,
    EndReason,
    Event,
    Observation,
    RecalledMemory,
    Tokens,
)
from agent_runtime.react.history import History, Turn


@dataclass(slots=True)
class OpenStep:
    """The step that has no checkpoint yet. `thought` is None until the model has answered."""

    thought: str | None = None
    actions: list[Action] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)

    @property
    def waiting(self) -> list[Action]:
        """Calls that nothing was observed of."""
        observed = {observation["call"] for observation in self.observations}
        return [action for action in self.actions if action["call"] not in observed]

    @property
    def is_answered(self) -> bool:
        """Whether all that the model asked for was observed."""
        return bool(self.observations) and not self.waiting

    def turn(self) -> Turn:
        """As it stands in the prompt of the next step."""
        return Turn(self._said(), "\n\n".join(map(_answered, self.observations)))

    def _said(self) -> str:
        if not self.actions:
            return self.thought or "(nothing)"  # as it was written: it could not be read
        lines = [f"Thought: {self.thought}"] if self.thought else []
        for action in self.actions:
            lines.append(f"Action: {action['tool']}")
            arguments = json.dumps(action["arguments"], ensure_ascii=False)
            lines.append(f"Action Input: {arguments}")
        return "\n".join(lines)


def _answered(observation: Observation) -> str:
    kind = "" if observation["ok"] else f" (error: {observation.get('error', 'permanent')})"
    return f"Observation{kind}: {observation['content']}"


class JournalState:
    """What the events say so far.

    `steps` are complete, `step` is the latest that has begun. `recalled` is what the prompt holds
    from memory; `reason` is None until the session has ended.
    """

    def __init__(self, max_history_tokens: int) -> None:
        self.agent = ""
        self.input = ""
        self.tools: list[str] = []
        self.next_seq = 0
        self.steps = 0
        self.step = 0
        self.tool_calls = 0
        self.tokens = Tokens(input=0, output=0, estimated=False)
        self.recalls = 0
        self.recalled: list[RecalledMemory] = []
        self.has_recalled = False
        self.entity_count = 0
        self.answer: str | None = None
        self.reason: EndReason | None = None
        self.open = OpenStep()
        self.history = History(max_history_tokens)

    @property
    def is_step_open(self) -> bool:
        """Whether a step has begun that is not complete."""
        return self.step > self.steps

    def apply(self, event: Event) -> None:
        """Follows one more kept event; unknown types say nothing."""
        self.next_seq = event["seq"] + 1
        self.reason = None
        if event["type"] == "session_started":
            self.agent, self.input = event["agent"], event["input"]
            self.tools = event["tools"]
        elif event["type"] == "session_resumed":
            self.tools = event.get("tools", self.tools)
        elif event["type"] == "final_answer":
            self.answer = event["text"]
        elif event["type"] == "session_ended":
            self.reason = event["reason"]
        elif event["type"] == "graph_changed":
            self.entity_count = event["entity_count"]
        elif event["type"] == "memory_recalled":
            self.has_recalled = True
            self.recalled = event["memories"]
            self.recalls += len(event["memories"])
        else:
            self._apply_to_step(event)

    def _apply_to_step(self, event: Event) -> None:
        if event["type"] == "step_started":
            self.step = event["step"]
            self.open = OpenStep()
        elif event["type"] == "thought":
            self.open.thought = event["text"]
            self._count(event["tokens"])
        elif event["type"] == "action":
            self.open.actions.append(event)
            self.tool_calls += 1
        elif event["type"] == "observation":
            self.open.observations.append(event)
        elif event["type"] == "checkpoint":
            self.steps = event["step"]
            self.history.add(self.open.turn())
            self.open = OpenStep()

    def _count(self, tokens: Tokens) -> None:
        self.tokens = Tokens(
            input=self.tokens["input"] + tokens["input"],
            output=self.tokens["output"] + tokens["output"],
            estimated=self.tokens["estimated"] or tokens["estimated"],
        )
