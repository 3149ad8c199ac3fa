"""What a session's memory and graph went through, as events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent_runtime.events import (
    Event,
    GraphChanged,
    MemoryDegraded,
    MemoryStored,
    WorkingChanged,
)
from agent_runtime.react.event_log import EventLog
from agent_runtime.session import SessionContext

if TYPE_CHECKING:
    from agent_runtime.memory.kept import Degraded, Stored


def change_events(log: EventLog, context: SessionContext) -> list[Event]:
    """All that was not told yet, to be kept at once."""
    told = context.take_told()
    events = _told_events(log, told) if told else []
    if context.has_working and (noted := context.working.take_changes()) is not None:
        events.append(WorkingChanged(**log.stamp(), type="working_changed", **noted))
    if context.has_graph and (changed := context.graph.take_changes()) is not None:
        events.append(GraphChanged(**log.stamp(), type="graph_changed", **changed))
    return events


def _told_events(log: EventLog, told: Sequence[Stored | Degraded]) -> list[Event]:
    """A problem that many texts had is told once."""
    from agent_runtime.memory.kept import Degraded

    problems = dict.fromkeys(what.problem for what in told if isinstance(what, Degraded))
    events: list[Event] = [
        MemoryDegraded(**log.stamp(), type="memory_degraded", problem=problem)
        for problem in problems
    ]
    events += [
        MemoryStored(
            **log.stamp(), type="memory_stored", id=what.id, kind=what.kind, text=what.text
        )
        for what in told
        if not isinstance(what, Degraded)
    ]
    return events
