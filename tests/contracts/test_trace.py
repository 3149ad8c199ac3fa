"""The editor reads what sessions really say: its tests use a recording of one, made here.

`python tests/contracts/test_trace.py` records again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    EpisodicMemory,
    FileStore,
    KnowledgeGraph,
    ScriptedModel,
    SemanticMemory,
    ToolError,
    WorkingMemory,
    tool,
)

TESTS: Final = Path(__file__).parents[1]
RECORDING: Final = TESTS / "extension" / "trace" / "agent_runtime.jsonl"
KILLED_RECORDING: Final = TESTS / "extension" / "trace" / "agent_runtime_killed.jsonl"
KILLED: Final = "killed-1"
CHANGING: Final = {"session", "at", "elapsed_ms", "id", "tokens", "score", "tools", "content"}
"""Other in each session, or with each change of a prompt and of what people read."""


@tool
def calculate(expression: str) -> int:
    """Works out a product."""
    left, right = expression.split("*")
    return int(left) * int(right)


@tool
def look_up(word: str) -> dict[str, object]:
    """What is known of a word."""
    if word == "coffee":
        raise ToolError("The library is closed.", transient=True)
    return {"word": word, "tags": ["hot", "green"], "cups": {"today": 2}}


def out_of_reach(text: str) -> list[float]:
    """What gives vectors, and cannot be asked."""
    raise ConnectionError


REPLIES: Final = (
    'Thought: I work it out.\nAction: calculate\nAction Input: {"expression": "12*7"}',
    'Thought: I look it up.\nAction: look_up\nAction Input: {"word": "tea"}',
    'Action: look_up\nAction Input: {"word": "coffee"}',
    'Action: search\nAction Input: {"word": "tea"}',
    "I have no idea {",
    'Action: remember\nAction Input: {"text": "Tea is green."}',
    'Action: note\nAction Input: {"key": "drink", "text": "tea"}',
    'Action: relate\nAction Input: {"source": "tea", "relation": "is", "target": "green"}',
    "Thought: I know it.\nFINAL_ANSWER: It is **84**.",
)


def session() -> list[dict[str, Any]]:
    """A session in which most of what can happen does."""
    episodic = EpisodicMemory()
    episodic.store("Ada drinks tea.")
    semantic = SemanticMemory(embed=out_of_reach)
    with tempfile.TemporaryDirectory() as folder:
        runtime = (
            AgentRuntime.builder()
            .with_agent_config(AgentConfig(name="helper", instructions="You help."))
            .with_model(ScriptedModel(REPLIES))
            .with_tools(calculate, look_up)
            .with_memory(episodic, semantic, WorkingMemory(), tools=True)
            .with_graph(KnowledgeGraph(), tools=True)
            .with_store(FileStore(folder))
            .build()
        )
        return [dict(event) for event in runtime.stream("How much tea is 12 * 7?")]


@tool
def never_ends(what: str) -> None:
    """Takes the whole process with it."""
    os.kill(os.getpid(), signal.SIGKILL)


KILLED_REPLIES: Final = (
    REPLIES[0],
    'Action: look_up\nAction Input: {"word": "tea"}\n'
    'Action: never_ends\nAction Input: {"what": "x"}',
    "FINAL_ANSWER: It is 84.",
)


def killed_runtime(folder: str, *replies: str) -> AgentRuntime:
    working = WorkingMemory()
    working.set("drink", "tea")
    return (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", instructions="You help."))
        .with_model(ScriptedModel(replies))
        .with_tools(calculate, look_up, never_ends)
        .with_memory(working)
        .with_store(FileStore(folder))
        .build()
    )


def killed_session() -> list[dict[str, Any]]:
    """What is kept of a session whose process was killed in a tool, and that went on then."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(TESTS.parent / "server")}
        command = [sys.executable, __file__, folder]
        killed = subprocess.run(command, env=environment, timeout=240, check=False)
        assert killed.returncode == -signal.SIGKILL
        killed_runtime(folder, *KILLED_REPLIES[2:]).run("How much is it?", session_id=KILLED)
        return [dict(event) for event in FileStore(folder).events(KILLED)]


def without_changing(value: object) -> object:
    """The value with what differs from session to session made equal."""
    if isinstance(value, Mapping):
        return {
            key: None if key in CHANGING else without_changing(inner)
            for key, inner in value.items()
        }
    return [without_changing(inner) for inner in value] if isinstance(value, list) else value


def recorded(path: Path) -> list[object]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [without_changing(json.loads(line)) for line in lines]


def test_sessions_say_what_the_recording_says() -> None:
    assert [without_changing(event) for event in session()] == recorded(RECORDING)


def test_a_session_that_was_killed_says_what_the_recording_says() -> None:
    assert [without_changing(event) for event in killed_session()] == recorded(KILLED_RECORDING)


def record(path: Path, events: list[dict[str, Any]]) -> None:
    lines = [json.dumps(event, ensure_ascii=False) for event in events]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        killed_runtime(sys.argv[1], *KILLED_REPLIES).run("How much is it?", session_id=KILLED)
    else:
        record(RECORDING, session())
        record(KILLED_RECORDING, killed_session())
