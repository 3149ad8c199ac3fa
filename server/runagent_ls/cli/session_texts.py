"""Sessions for people to read, safe for their terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, cast

from agent_runtime.events import Event
from runagent_ls.cli.terminal import Painter, harmless, one_line
from runagent_ls.cli.trace.events import TraceEvent
from runagent_ls.cli.trace.trace_text import TraceText
from runagent_ls.sessions.kept import KeptSession, SessionDetails

_COLOURS: Final = {"ended": "green", "interrupted": "yellow", "running": "cyan"}
_LONGEST: Final = 80
_MOST_RELATIONS: Final = 50


def listed(sessions: Sequence[KeptSession], paint: Painter) -> Iterator[str]:
    """A line for each session: id, when it was worked on last, state, steps, agent, question."""
    width = max((len(one_line(it.summary.agent)) for it in sessions), default=0)
    for it in sessions:
        summary = it.summary
        state = paint(_state(it).ljust(14), _colour(it))
        agent = one_line(summary.agent).ljust(width)
        yield (
            f"{paint(one_line(summary.id), 'bold')}  {_moment(summary.last_at)}  {state}"
            f"  {_steps(summary.steps):>9}  {agent}  {_short(summary.input)}"
        )


def shown(
    details: SessionDetails, events: Iterable[Event], trace: TraceText, paint: Painter
) -> Iterator[str]:
    """One session: what was asked, its steps, what it had in mind, its answer."""
    kept, history, summary = details.session, details.history, details.session.summary
    yield f"{paint(one_line(summary.id), 'bold')}  {paint(_state(kept), _colour(kept))}\n"
    yield f"agent: {one_line(summary.agent)}\n"
    yield f"begun: {_moment(summary.started_at)}\n"
    if fork := summary.forked_from:
        yield f"goes on from: {one_line(fork['session'])}, step {fork['step']}\n"
    yield f"\n{paint('Input', 'bold')}\n{harmless(history.input)}\n"
    for event in events:
        if event["step"] > details.step or event["type"] == "session_started":
            continue
        if event["type"] == "final_answer":  # it stands below
            yield trace.took()
        else:
            yield trace.read(cast("TraceEvent", event))
    yield from (f"{line}\n" for line in _mind(details, paint))
    if history.answer is not None:
        yield trace.answer(history.answer)
    yield from (f"{harmless(problem)}\n" for problem in details.problems)


def _mind(details: SessionDetails, paint: Painter) -> Iterator[str]:
    history, memory = details.history, details.memory
    if history.working:
        yield f"\n{paint('Working memory', 'bold')}"
        yield from (f"  {one_line(key)}: {_short(it)}" for key, it in history.working.items())
    if history.entities:
        relations = list(history.relations.values())
        yield f"\n{paint('Graph', 'bold')}, {len(history.entities)} entities"
        for it in relations[:_MOST_RELATIONS]:
            yield "  " + " ".join(map(one_line, (it["source"], it["kind"], it["target"])))
        if len(relations) > _MOST_RELATIONS:
            yield f"  and {len(relations) - _MOST_RELATIONS} relations more"
    if memory.episodes or memory.facts:
        yield f"\n{paint('Remembered by the agent', 'bold')}"
        yield from (f"  {_short(it.text)}" for it in memory.episodes)
        yield from (f"  {one_line(it.key)}: {_short(it.text)}" for it in memory.facts)


def session_to_json(kept: KeptSession) -> dict[str, Any]:
    """A session in a list; times in seconds since 1970."""
    return {**asdict(kept.summary), "store": kept.store}


def details_to_json(details: SessionDetails) -> dict[str, Any]:
    """All of a session; times in seconds since 1970."""
    history = details.history
    return {
        **session_to_json(details.session),
        "input": history.input,
        "step": details.step,
        "checkpoints": [asdict(it) for it in history.checkpoints],
        "working": history.working,
        "graph": {
            "entities": list(history.entities.values()),
            "relations": list(history.relations.values()),
        },
        "memory": asdict(details.memory),
        "answer": history.answer,
        "problems": list(details.problems),
    }


def _state(kept: KeptSession) -> str:
    return kept.summary.reason or kept.summary.state


def _colour(kept: KeptSession) -> str:
    is_failure = kept.summary.reason not in {None, "answered"}
    return "red" if is_failure else _COLOURS[kept.summary.state]


def _steps(steps: int) -> str:
    return f"{steps} step" if steps == 1 else f"{steps} steps"


def _moment(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return "at no time that a calendar has"


def _short(value: str) -> str:
    text = json.dumps(one_line(value), ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
