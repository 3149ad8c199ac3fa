"""Counts of what agents do, against the events that say what they did."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    BackpressureGuard,
    BackpressureShed,
    FileStore,
    ScriptedModel,
)
from agent_runtime.events import Event
from agent_runtime.metrics import RuntimeMetrics
from agent_runtime.metrics_schema import RUNTIME_SNAPSHOT_SCHEMA

REASONS = ["answered", "max_iterations", "token_budget", "time_limit", "cancelled", "failed"]
KINDS = ["not_found", "transient", "permanent", "malformed", "interrupted"]


def event(kind: str, **fields: Any) -> Event:
    stamp = {"session": "s", "seq": 0, "step": 1, "at": 0.0, "type": kind}
    return cast("Event", stamp | fields)


def thought(given: int, written: int) -> Event:
    tokens = {"input": given, "output": written, "estimated": True}
    return event("thought", text="", tokens=tokens, elapsed_ms=1.0)


def observed(tool: str | None, error: str | None = None) -> Event:
    fields = {} if error is None else {"error": error}
    return event("observation", tool=tool, ok=error is None, **fields)


def ended(reason: str) -> Event:
    tokens = {"input": 999, "output": 999, "estimated": True}
    return event("session_ended", reason=reason, steps=99, tool_calls=99, tokens=tokens, recalls=99)


def samples(text: str) -> dict[tuple[str, ...], float]:
    """As Prometheus' own parser reads them: by metric and the values of its labels, in the order of
    their names."""
    return {
        (sample.name, *(text for _, text in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


EVENTS = st.one_of(
    st.builds(thought, st.integers(0, 500), st.integers(0, 500)),
    st.just(event("step_started")),
    st.just(event("session_resumed")),
    st.builds(lambda n: event("memory_recalled", memories=[{}] * n), st.integers(0, 5)),
    st.just(event("memory_stored")),
    st.builds(observed, st.sampled_from(["add", "search", None]), st.sampled_from([None, *KINDS])),
    st.sampled_from([event("checkpoint"), event("model_delta", text="x"), event("final_answer")]),
)


@given(st.lists(st.tuples(st.lists(EVENTS), st.sampled_from([*REASONS, None])), max_size=8))
def test_the_counts_are_those_of_the_events(runs: list[tuple[list[Event], str | None]]) -> None:
    metrics = RuntimeMetrics()
    for events, reason in runs:
        with metrics.run("helper") as run:
            for one in events:
                run.saw(one)
            assert metrics.snapshot()["sessions"]["active"] == 1
            if reason is not None:
                run.saw(ended(reason))
                assert metrics.snapshot()["sessions"]["active"] == 0
    every: list[Any] = [one for events, _ in runs for one in events]
    kinds = Counter(one["type"] for one in every)
    reasons = Counter(reason or "interrupted" for _, reason in runs)
    shot = metrics.snapshot()
    jsonschema.validate(shot, RUNTIME_SNAPSHOT_SCHEMA)
    assert shot["sessions"] == {
        "active": 0,
        "total": len(runs),
        "completed": reasons.pop("answered", 0),
        "cancelled": reasons.pop("cancelled", 0),
        "failed": reasons.total(),
        "resumed": kinds["session_resumed"],
    }
    assert shot["failures"] == dict(reasons)
    assert shot["steps"] == kinds["step_started"]
    assert shot["memoriesStored"] == kinds["memory_stored"]
    assert shot["recalls"] == sum(len(one.get("memories", [])) for one in every)
    thoughts = [one["tokens"] for one in every if one["type"] == "thought"]
    assert shot["modelCalls"] == len(thoughts)
    assert shot["tokens"]["output"] == sum(one["output"] for one in thoughts)
    observations = [one for one in every if one["type"] == "observation"]
    unread = [one for one in observations if one["tool"] is None]
    assert shot["malformed"] == len(unread)
    calls = [count for outcomes in shot["toolCalls"].values() for count in outcomes.values()]
    assert sum(calls) == len(observations) - len(unread)
    read = samples(metrics.prometheus_text())
    assert read["agent_runtime_steps_total",] == shot["steps"]
    assert read["agent_runtime_sessions_active",] == 0
    for tool, outcomes in shot["toolCalls"].items():
        for outcome, count in outcomes.items():
            assert read["agent_runtime_tool_calls_total", outcome, tool] == count


def test_a_run_as_it_is_read() -> None:
    metrics = RuntimeMetrics()
    metrics.shed()
    with metrics.run("helper") as run:
        run.retried()
        for one in [
            event("session_started"),
            event("step_started"),
            event("memory_recalled", memories=[{}, {}]),
            thought(100, 20),
            observed("add"),
            observed("ad", "not_found"),
            observed("add", "transient"),
            ended("answered"),
            ended("failed"),
        ]:
            run.saw(one)
    read = samples(metrics.prometheus_text("bot"))
    assert {name: value for name, value in read.items() if value and "seconds" not in name[0]} == {
        ("bot_sessions_total", "completed"): 1,
        ("bot_sessions_begun_total", "helper"): 1,
        ("bot_steps_total",): 1,
        ("bot_model_calls_total",): 1,
        ("bot_retries_total",): 1,
        ("bot_recalls_total",): 2,
        ("bot_sheds_total",): 1,
        ("bot_tokens_total", "input"): 100,
        ("bot_tokens_total", "output"): 20,
        ("bot_tool_calls_total", "ok", "add"): 1,
        ("bot_tool_calls_total", "transient", "add"): 1,
        ("bot_tool_calls_total", "not_found", "other"): 1,
    }
    assert read["bot_session_seconds_count",] == 1


def test_an_exception_leaves_no_session_active() -> None:
    metrics = RuntimeMetrics()
    with pytest.raises(KeyError), metrics.run("helper"):
        raise KeyError
    shot = metrics.snapshot()
    assert (shot["sessions"]["active"], shot["failures"]) == (0, {"KeyError": 1})


def test_names_that_models_make_up_do_not_fill_the_memory() -> None:
    metrics = RuntimeMetrics(names=3)
    for number in range(1000):
        with metrics.run(f"agent{number}") as run:
            run.saw(observed(f"made up {number}", "not_found"))
            run.saw(observed(f"tool{number}"))
    shot = metrics.snapshot()
    assert len(shot["agents"]) == 4
    assert shot["toolCalls"]["other"]["not_found"] == 1000
    assert set(shot["toolCalls"]) == {"other", "tool0", "tool1"}


def test_threads_lose_no_count() -> None:
    metrics = RuntimeMetrics()

    def work() -> None:
        for _ in range(500):
            with metrics.run("a") as run:
                run.saw(thought(1, 2))
                run.saw(observed("add"))
                run.saw(ended("answered"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shot = metrics.snapshot()
    assert shot["sessions"]["completed"] == shot["tokens"]["input"] == 2000
    assert shot["toolCalls"] == {"add": {"ok": 2000}}


def test_a_prefix_that_prometheus_does_not_allow() -> None:
    with pytest.raises(ValueError, match="cannot begin"):
        RuntimeMetrics().prometheus_text("1a")


async def test_what_an_agent_does_is_counted(tmp_path: Path) -> None:
    def add(a: int, b: int) -> int:
        return a + b

    def down() -> None:
        raise ConnectionError

    script = [
        'Thought: sum.\nAction: add\nAction Input: {"a": 1, "b": 2}',
        'Thought: sum.\nAction: ad\nAction Input: {"a": 1, "b": 2}',
        'Thought: sum.\nAction: add\nAction Input: {"a": "x", "b": 2}',
        "Thought: fetch.\nAction: down\nAction Input: {}",
        "neither this nor that",
        "FINAL_ANSWER: 3",
    ]
    metrics = RuntimeMetrics()
    builder = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_tools(add, down)
        .with_metrics(metrics)
        .with_store(FileStore(tmp_path))
    )
    runtime = builder.with_model(ScriptedModel(script)).build()
    assert runtime.metrics is metrics
    result = await runtime.arun("1 + 2?", session_id="first")
    assert result.answer == "3"
    shot = metrics.snapshot()
    jsonschema.validate(shot, RUNTIME_SNAPSHOT_SCHEMA)
    assert (shot["steps"], shot["modelCalls"], shot["malformed"]) == (6, 6, 1)
    assert shot["toolCalls"] == {
        "add": {"ok": 1, "malformed": 1},
        "other": {"not_found": 1},
        "down": {"transient": 1},
    }
    assert shot["tokens"]["output"] == result.tokens["output"]
    fork = builder.with_model(ScriptedModel(["FINAL_ANSWER: 4"])).build()
    await fork.arun("1 + 2?", session_id="first", resume_from_step=1)
    again = metrics.snapshot()
    assert again["sessions"] | {"active": 0} == again["sessions"]
    assert (again["sessions"]["total"], again["sessions"]["completed"]) == (2, 2)
    assert again["steps"] == 7, "what a fork copies is not counted again"
    assert again["agents"] == {"helper": 2}


async def test_what_is_turned_away_is_counted() -> None:
    release = asyncio.Event()

    async def slow(_: Any) -> str:
        await release.wait()
        return "FINAL_ANSWER: done"

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(slow)
        .with_guard(BackpressureGuard(1, 1))
        .build()
    )
    first = asyncio.create_task(runtime.arun("?"))
    async with asyncio.timeout(30):
        while runtime.metrics.snapshot()["steps"] == 0:
            await asyncio.sleep(0)
    assert runtime.metrics.snapshot()["sessions"]["active"] == 1
    with pytest.raises(BackpressureShed):
        await runtime.arun("?")
    release.set()
    await first
    shot = runtime.metrics.snapshot()
    assert (shot["sheds"], shot["sessions"]["total"], shot["sessions"]["active"]) == (1, 1, 0)
