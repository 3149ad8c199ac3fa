"""Events of sessions that tests keep."""

from __future__ import annotations

from collections.abc import Iterator

from agent_runtime.events import Event, Tokens

NO_TOKENS = Tokens(input=0, output=0, estimated=False)


def started(
    session: str, *, agent: str = "helper", text: str = "What is 2 + 2?", at: float = 100.0
) -> Event:
    return {
        "type": "session_started",
        "session": session,
        "seq": 0,
        "step": 0,
        "at": at,
        "trace": "agent_runtime/1",
        "agent": agent,
        "input": text,
        "model": "scripted",
        "tools": ["add"],
        "max_iterations": 10,
    }


def thought(session: str, seq: int, *, step: int = 1, text: str = "I add them.") -> Event:
    return {
        "type": "thought",
        "session": session,
        "seq": seq,
        "step": step,
        "at": 100.0 + seq,
        "text": text,
        "tokens": NO_TOKENS,
        "elapsed_ms": 1.5,
    }


def checkpoint(session: str, seq: int, step: int) -> Event:
    return {
        "type": "checkpoint",
        "session": session,
        "seq": seq,
        "step": step,
        "at": 100.0 + seq,
    }


def ended(session: str, seq: int, *, steps: int = 1, entity_count: int = 0) -> Event:
    return {
        "type": "session_ended",
        "session": session,
        "seq": seq,
        "step": steps,
        "at": 100.0 + seq,
        "reason": "answered",
        "steps": steps,
        "tool_calls": 1,
        "tokens": NO_TOKENS,
        "recalls": 0,
        "entity_count": entity_count,
        "elapsed_ms": 12.0,
    }


def steps(session: str, count: int, *, text: str = "I add them.") -> Iterator[list[Event]]:
    """A session of `count` complete steps, in the parts in which it is saved."""
    yield [started(session)]
    for step in range(1, count + 1):
        seq = 2 * step - 1
        yield [thought(session, seq, step=step, text=text), checkpoint(session, seq + 1, step)]
