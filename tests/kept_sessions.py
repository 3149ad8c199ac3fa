"""Sessions as the agent runtime keeps them, written event by event."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from agent_runtime.events import Event
from agent_runtime.persistence import SessionStore

BEGUN = 1_700_000_000.0
RELATION = {"source": "ada", "target": "math", "kind": "likes", "properties": {"much": True}}


class SessionWriter:
    """Adds events to one session, each a second after the last."""

    def __init__(
        self,
        store: SessionStore,
        session: str,
        question: str = "why",
        at: float = BEGUN,
        **more: Any,
    ) -> None:
        self.store = store
        self.session = session
        self.seq = 0
        self.at = at
        tools = ["look_up"]
        begin = {"trace": "agent_runtime/1", "agent": "helper", "input": question, "model": "m"}
        self.add(0, "session_started", tools=tools, max_iterations=10, **{**begin, **more})

    def add(self, step: int, kind: str, **fields: Any) -> None:
        event = {"session": self.session, "seq": self.seq, "step": step, "at": self.at}
        self.store.append(self.session, [cast("Event", {**event, "type": kind, **fields})])
        self.seq, self.at = self.seq + 1, self.at + 1

    def think(self, step: int, text: str) -> None:
        tokens = {"input": 10 * step, "output": step, "estimated": True}
        self.add(step, "step_started")
        self.add(step, "thought", text=text, tokens=tokens, elapsed_ms=1.5)

    def call(self, step: int, tool: str | None, error: str | None = None) -> None:
        call = f"call-{step}"
        self.add(step, "action", call=call, tool=tool, arguments={})
        seen = {"call": call, "tool": tool, "ok": error is None, "content": "x", "elapsed_ms": 2.5}
        self.add(step, "observation", **seen, **({} if error is None else {"error": error}))

    def graph(self, step: int, **changes: Any) -> None:
        nothing: dict[str, Any] = {
            "entities": [],
            "relations": [],
            "removed_entities": [],
            "removed_relations": [],
            "entity_count": 2,
            "relation_count": 1,
        }
        self.add(step, "graph_changed", **{**nothing, **changes})

    def answer(self, step: int, text: str) -> None:
        self.add(step, "final_answer", text=text)
        self.add(step, "checkpoint")
        tokens = {"input": 1, "output": 1, "estimated": True}
        end = {"steps": step, "tool_calls": 1, "tokens": tokens, "recalls": 0, "entity_count": 2}
        self.add(step, "session_ended", reason="answered", elapsed_ms=9.0, **end)


def entity(name: str, **properties: Any) -> dict[str, Any]:
    return {"id": name, "kind": "thing", "properties": properties}


def write_session(store: SessionStore, session: str = "s1", **more: Any) -> SessionWriter:
    """Three steps: something is kept in mind, a graph is drawn and half forgotten, an answer."""
    writer = SessionWriter(store, session, **more)
    writer.think(1, "I note it.")
    writer.call(1, "note")
    writer.add(1, "working_changed", set={"name": "Ada", "mood": "fine"}, removed=[])
    writer.graph(1, entities=[entity("ada", age=36), entity("math")], relations=[RELATION])
    writer.add(1, "checkpoint")
    writer.think(2, "I look it up.")
    writer.call(2, "look_up", "transient")
    writer.add(2, "working_changed", set={"name": "Ada L."}, removed=["mood"])
    writer.graph(2, removed_entities=["math"])
    writer.add(2, "checkpoint")
    writer.think(3, "I know.")
    writer.answer(3, "because")
    return writer


def file_store_of(agent: Path) -> Path:
    """Where an agent in the folder `agent` keeps the files of a `FileStore`."""
    return agent / ".runagent" / "runtime"


def sqlite_store_of(agent: Path) -> Path:
    """Where it keeps the database of a `SqliteStore`."""
    return agent / ".runagent" / "runtime.sqlite"
