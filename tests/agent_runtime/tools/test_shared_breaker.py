"""Agents in several processes whose tools ask the same service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from agent_runtime import AgentConfig, AgentRuntime, ScriptedModel
from agent_runtime.orchestrator import BreakerBackend, BreakerRules, MemoryBackend
from agent_runtime.tools import ToolRegistry
from redis_process import LIMIT_S, RedisProcess

HERE = Path(__file__).parents[1]
SERVER = HERE.parents[1] / "server"


def call(process: subprocess.Popen[str]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("tea\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_what_one_process_learns_spares_the_service_the_calls_of_all(redis: RedisProcess) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, str(HERE / "tool_process.py"), redis.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(SERVER)},
            text=True,
        )
        for _ in range(2)
    ]
    try:
        first, second = processes
        assert [call(first), call(first)] == ["transient 1", "transient 2"]
        assert call(second) == "transient 1"
        # three failures together: nobody asks any more
        assert [call(first), call(second), call(first)] == [
            "transient 2",
            "transient 1",
            "transient 2",
        ]
        for process in processes:
            process.communicate(timeout=LIMIT_S)
        assert [process.returncode for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def agent(name: str, tools: ToolRegistry) -> AgentRuntime:
    return (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name=name))
        .with_model(ScriptedModel(["Action: ask", "FINAL_ANSWER: done"] * 2))
        .with_tools(tools)
        .build()
    )


def failing(backend: BreakerBackend, asked: list[str], scope: str | None = None) -> ToolRegistry:
    def ask() -> str:
        asked.append("x")
        raise ConnectionRefusedError("the service is down")

    return ToolRegistry([ask], backend=backend, breaker=BreakerRules(threshold=1), scope=scope)


def test_tools_of_one_name_that_two_agents_have_do_not_stop_each_other() -> None:
    backend, asked, others = MemoryBackend(), list[str](), list[str]()
    first, second = (
        agent("first: a", failing(backend, asked)),
        agent("second", failing(backend, others)),
    )
    for one in (first, first, second):
        one.run("?")
    assert (len(asked), len(others)) == (1, 1)


def test_agents_whose_tools_have_one_scope_spare_the_service_the_calls_of_all() -> None:
    backend, asked = MemoryBackend(), list[str]()
    for name in ("first", "second"):
        agent(name, failing(backend, asked, scope="the service")).run("?")
    assert len(asked) == 1


def test_a_registry_that_is_given_twice_is_taken_once() -> None:
    tools = failing(MemoryBackend(), [])
    both = ToolRegistry()
    for _ in range(2):
        both.include(tools, agent="helper")
    assert both.names == ["ask"]
