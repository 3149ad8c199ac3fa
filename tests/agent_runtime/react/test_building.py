"""What is missing when a runtime is built is a type error, and an error at run time."""

from __future__ import annotations

from pathlib import Path

import pytest

import agent_runtime
from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    BuildError,
    EpisodicMemory,
    FileStore,
    KnowledgeGraph,
    ScriptedModel,
    ToolDefinitionError,
    ToolRegistry,
    WorkingMemory,
)
from checked_types import type_errors
from run_python import run_python

HEAVY = "networkx mashumaro jsonschema tenacity cachetools prometheus_client redis docstring_parser"
RIGHT = """
from agent_runtime import AgentConfig, AgentRuntime, ScriptedModel, tool

@tool(repeatable=True)
def add(a: int, b: int) -> int:
    return a + b

builder = AgentRuntime.builder().with_model(ScriptedModel([])).with_tools(add)
runtime: AgentRuntime = builder.with_agent_config(AgentConfig(name="helper")).build()
answer: str | None = runtime.run("What?").answer
for event in runtime.stream("What?"):
    if event["type"] == "final_answer":
        text: str = event["text"]
"""
WRONG = """
from agent_runtime import AgentRuntime, ScriptedModel

AgentRuntime.builder().with_model(ScriptedModel([])).with_tools(print).build()
"""
MODELS = """
from collections.abc import AsyncIterator, Sequence
from agent_runtime import AgentRuntime, Message, ModelReply

def says(messages: Sequence[Message]) -> str:
    return messages[-1].content

async def replies(messages: Sequence[Message]) -> ModelReply:
    return ModelReply(says(messages))

async def writes(messages: Sequence[Message]) -> AsyncIterator[str]:
    yield says(messages)

def counts(messages: Sequence[Message]) -> int:
    return len(messages)

AgentRuntime.builder().with_model(says).with_model(replies).with_model(writes)
AgentRuntime.builder().with_model(counts)
"""
MISSPELLED = """
from agent_runtime import AgentRuntim
from agent_runtime.persistence import SqlStore
"""


def test_type_checkers_know_what_was_built_and_which_names_there_are(tmp_path: Path) -> None:
    files = {"right.py": RIGHT, "models.py": MODELS, "misspelled.py": MISSPELLED}
    files["wrong.py"] = WRONG
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    errors = type_errors(tmp_path, *files)
    assert [error.partition(" error: ")[0] for error in errors] == [
        "misspelled.py:2:",
        "misspelled.py:3:",
        "models.py:18:",
        "wrong.py:4:",
    ]
    assert "Invalid self argument" in errors[-1]
    assert "RuntimeBuilder[Configured]" in errors[-1]


def test_what_is_missing_at_run_time() -> None:
    builder = AgentRuntime.builder()
    with pytest.raises(BuildError, match=r"with_agent_config\(\.\.\.\)"):
        builder.with_model(ScriptedModel([])).build()  # type: ignore[misc]  # what is tested
    configured = builder.with_agent_config(AgentConfig(name="helper"))
    with pytest.raises(BuildError, match=r"with_model\(\.\.\.\)"):
        configured.build()
    with pytest.raises(BuildError, match="not int"):
        configured.with_model(7)  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize(
    ("method", "part", "problem"),
    [
        ("with_agent_config", {"name": "helper"}, "takes AgentConfig, not dict"),
        (
            "with_model",
            ScriptedModel,
            r"not the class ScriptedModel: write with_model\(OpenAIModel",
        ),
        ("with_store", "folder", r'not str: write with_store\(FileStore\("folder"\)\), for'),
        ("with_store", FileStore, "takes SessionStore, not the class FileStore"),
        ("with_memory", EpisodicMemory, "takes AgentMemory, not the class EpisodicMemory"),
        ("with_memory", WorkingMemory, "takes AgentMemory, not the class WorkingMemory"),
        ("with_graph", {}, "takes KnowledgeGraph, not dict"),
        ("with_retry", 3, "takes RetryPolicy, not int"),
        ("with_breaker", "model", "takes CircuitBreaker, not str"),
        ("with_deduplicator", True, "takes Deduplicator, not bool"),
        ("with_guard", 5, "takes BackpressureGuard, not int"),
        ("with_metrics", True, "takes RuntimeMetrics, not bool"),
    ],
)
def test_what_is_no_part_is_refused_where_it_is_given(
    method: str, part: object, problem: str
) -> None:
    with pytest.raises(BuildError, match=problem):
        getattr(AgentRuntime.builder(), method)(part)


def test_a_builder_is_not_changed_by_what_is_built_from_it() -> None:
    def one() -> str:
        return "1"

    base = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(ScriptedModel(lambda r: f"FINAL_ANSWER: {len(r.tools)}"))
    )
    more = base.with_tools(one).with_tools(ToolRegistry())
    assert base.build().run("How many?").answer == "0"
    assert more.build().run("How many?").answer == "1"
    with pytest.raises(ToolDefinitionError, match="two tools with the name one"):
        more.with_tools(one).build()
    with pytest.raises(BuildError, match="one working memory"):
        base.with_memory(WorkingMemory()).with_memory(WorkingMemory())


def test_tools_over_memory_and_graph_are_there_when_they_are_asked_for() -> None:
    base = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(
            ScriptedModel(lambda r: f"FINAL_ANSWER: ({' '.join(tool.name for tool in r.tools)})")
        )
    )
    quiet = base.with_memory(EpisodicMemory()).with_graph(KnowledgeGraph())
    assert quiet.build().run("Which?").answer == "()"
    asked = base.with_memory(EpisodicMemory(), tools=True).with_graph(KnowledgeGraph(), tools=True)
    names = asked.build().run("Which?").require_answer().strip("()").split()
    assert {"remember", "recall", "relate", "neighbours"} <= set(names)
    assert "note" not in names


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    assert len(set(agent_runtime.__all__)) == len(agent_runtime.__all__)
    for name in agent_runtime.__all__:
        value = getattr(agent_runtime, name)
        assert isinstance(value, type) is False or (value.__doc__ or "").strip(), name
    assert set(agent_runtime.__all__) <= set(dir(agent_runtime))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = agent_runtime.Nothing  # type: ignore[attr-defined]  # what is tested


def test_importing_is_lean() -> None:
    script = (
        "import sys, agent_runtime\n"
        "first = set(sys.modules)\n"
        "assert 'asyncio' not in first, 'asyncio'\n"
        "from agent_runtime import FileStore\n"
        "assert 'sqlite3' not in sys.modules, 'sqlite3'\n"
        "from agent_runtime import *\n"
        f"heavy = set('{HEAVY} anthropic openai httpx pydantic'.split())\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "runtime = (AgentRuntime.builder().with_agent_config(AgentConfig(name='h'))\n"
        "    .with_model(lambda messages: 'FINAL_ANSWER: 1').with_store(FileStore('.')).build())\n"
        "heavy.remove('cachetools')\n"  # breakers of tools keep their state in it
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    run_python(script)
