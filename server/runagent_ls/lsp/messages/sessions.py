"""Sessions of the agent runtime as the client gets them: times in milliseconds, bounded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar

from runagent_ls.lsp.jsonrpc import Json

if TYPE_CHECKING:
    from agent_runtime.events import Event
    from runagent_ls.sessions.history import Checkpoint, SessionHistory
    from runagent_ls.sessions.kept import Found, KeptSession, SessionDetails
    from runagent_ls.sessions.memory import Episode, Fact

T = TypeVar("T")

MOST_SESSIONS: Final = 500
_MOST_PROBLEMS: Final = 20
MOST_EVENTS: Final = 5000
EVENTS_CHARACTERS: Final = 1024 * 1024
"""About so much of a session's events is in one answer."""
MOST_CHECKPOINTS: Final = 500
_MOST_ENTITIES: Final = 1000
_MOST_RELATIONS: Final = 4000
_MOST_MEMORIES: Final = 1000
_PART_CHARACTERS: Final = 1024 * 1024
"""About so much of each part of a session's state."""
_INPUT: Final = 500
_WORKING_CUT: Final = "Working memory holds more than can be shown here."


class SessionSummary(TypedDict):
    session: str
    agent: str
    input: str
    state: str
    reason: str | None
    steps: int
    entityCount: int
    startedAt: float
    lastAt: float
    forkedFrom: Json | None
    store: str


class SessionMessage(TypedDict):
    session: SessionSummary
    step: int
    checkpoints: list[Json]
    checkpointsCut: bool
    working: list[Json]
    episodic: list[Json]
    semantic: list[Json]
    memoryCut: bool
    graph: Json
    answer: str | None
    problems: list[str]


def list_of(found: Found) -> Json:
    """The newest sessions."""
    sessions = [summary_of(it) for it in found.sessions[:MOST_SESSIONS]]
    for session in sessions:
        text = session["input"]
        session["input"] = text if len(text) <= _INPUT else f"{text[: _INPUT - 1]}…"
    return {
        "sessions": sessions,
        "isCut": len(found.sessions) > MOST_SESSIONS,
        "problems": _told(found.problems),
    }


def _told(problems: Sequence[str]) -> list[str]:
    """Not all of very many: a folder that nobody trusts may hold any number of damaged sessions."""
    more = len(problems) - _MOST_PROBLEMS
    if more <= 0:
        return list(problems)
    return [*problems[:_MOST_PROBLEMS], f"Not named here: {more} more that cannot be read."]


def summary_of(kept: KeptSession) -> SessionSummary:
    """A session in a list."""
    summary = kept.summary
    forked = summary.forked_from
    return {
        "session": summary.id,
        "agent": summary.agent,
        "input": summary.input,
        "state": summary.state,
        "reason": summary.reason,
        "steps": summary.steps,
        "entityCount": summary.entity_count,
        "startedAt": summary.started_at * 1000,
        "lastAt": summary.last_at * 1000,
        "forkedFrom": None if forked is None else dict(forked),
        "store": kept.store,
    }


def details_of(details: SessionDetails) -> SessionMessage:
    """One session, and the latest of its checkpoints."""
    history, memory = details.history, details.memory
    latest, cut_checkpoints = _first(reversed(history.checkpoints), MOST_CHECKPOINTS, _checkpoint)
    episodic, cut_episodes = _first(memory.episodes, _MOST_MEMORIES, _episode)
    semantic, cut_facts = _first(memory.facts, _MOST_MEMORIES, _fact)
    # what was used last comes last, and is not to be left out
    working, cut_working = _first(reversed(history.working.items()), _MOST_MEMORIES, _item)
    problems = [
        *details.problems,
        *([_WORKING_CUT] if cut_working and not history.working_cut else []),
    ]
    return {
        "session": {**summary_of(details.session), "input": _part(history.input)},
        "step": details.step,
        "checkpoints": latest[::-1],
        "checkpointsCut": cut_checkpoints or history.checkpoints_cut,
        "working": working[::-1],
        "episodic": episodic,
        "semantic": semantic,
        "memoryCut": cut_episodes or cut_facts,
        "graph": _graph(history),
        "answer": None if history.answer is None else _part(history.answer),
        "problems": problems,
    }


def events_of(events: Iterable[Event], limit: int) -> Json:
    """Up to `limit` events; `next` when there are more."""
    found: list[Json] = []
    room = EVENTS_CHARACTERS
    for event in events:
        if len(found) >= limit or room <= 0:
            return {"events": found, "next": found[-1]["seq"]}
        found.append(dict(event))
        room -= len(json.dumps(event))
    return {"events": found, "next": None}


def _part(text: str) -> str:
    return text if len(text) <= _PART_CHARACTERS else f"{text[: _PART_CHARACTERS - 1]}…"


def _item(item: tuple[str, str]) -> Json:
    return {"key": item[0], "value": item[1]}


def _checkpoint(checkpoint: Checkpoint) -> Json:
    return {
        "step": checkpoint.step,
        "at": checkpoint.at * 1000,
        "thought": checkpoint.thought,
        "tools": [asdict(it) for it in checkpoint.tools],
        "inputTokens": checkpoint.input_tokens,
        "outputTokens": checkpoint.output_tokens,
        "elapsedMs": checkpoint.elapsed_ms,
    }


def _episode(episode: Episode) -> Json:
    return {
        "id": episode.id,
        "text": episode.text,
        "importance": episode.importance,
        "recalls": episode.recalls,
        "createdAt": _milliseconds(episode.created_at),
        "lastAt": _milliseconds(episode.last_at),
    }


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


def _fact(fact: Fact) -> Json:
    return {"key": fact.key, "text": fact.text, "tags": list(fact.tags)}


def _graph(history: SessionHistory) -> Json:
    """Relations only between entities that are there."""
    entities, cut_entities = _first(history.entities.values(), _MOST_ENTITIES, dict)
    known = {it["id"] for it in entities}
    between = (it for it in history.relations.values() if {it["source"], it["target"]} <= known)
    relations, cut_relations = _first(between, _MOST_RELATIONS, dict)
    is_cut = cut_entities or cut_relations or history.graph_cut
    return {"entities": entities, "relations": relations, "isCut": is_cut}


def _first(items: Iterable[T], most: int, message: Callable[[T], Json]) -> tuple[list[Json], bool]:
    """As many of the first items as one answer holds, and whether there are more."""
    found: list[Json] = []
    room = _PART_CHARACTERS
    for item in items:
        if len(found) == most or room <= 0:
            return found, True
        found.append(message(item))
        room -= len(json.dumps(found[-1]))
    return found, False
