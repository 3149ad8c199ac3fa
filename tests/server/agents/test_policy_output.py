"""What is counted of runs, and output that goes through a pipeline."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from agent_runtime.orchestrator import (
    Metrics,
    Pipeline,
    PipelineError,
)
from counting_server import (
    BOOM,
    COMPLETED,
    STARTED,
    CountingServer,
    Recorder,
    Serve,
    data,
    found,
    serving,
)
from runagent_ls.agents.call import Call
from runagent_ls.agents.errors import AgentError, ConnectionFailedError
from runagent_ls.agents.policy import CallPolicy, verdict_of
from runagent_ls.agents.runs import OutputItem, execute
from runagent_ls.agents.targets.target import Target


@pytest.fixture
async def serve(start_raw: Any) -> Serve:
    return serving(start_raw)


async def test_runs_are_counted(start_stream: Any, serve: Serve) -> None:
    metrics = Metrics()
    policy = CallPolicy(metrics=metrics)
    server = await start_stream([STARTED, data(1), "odd", data(22), COMPLETED])
    await execute(Call("x_stream"), found(server.target), Recorder(), policy=policy)
    failing = await serve(CountingServer(BOOM))
    await execute(Call("x"), found(failing.target), Recorder(), policy=policy)
    waiting = asyncio.create_task(execute(Call("x"), never, Recorder(), policy=policy))
    await asyncio.sleep(0)
    assert metrics.snapshot()["sessions"]["active"] == 1
    waiting.cancel()
    await waiting
    shot = metrics.snapshot()
    ends = {"completed": 1, "failed": 1, "cancelled": 1}
    assert shot["sessions"] == {"active": 0, "total": 3, **ends}
    assert shot["operations"] == {"x_stream": 1, "x": 2}
    assert shot["errors"] == {"INTERNAL_ERROR": 1}
    assert shot["chunks"] == 2
    assert shot["bytes"] == sum(len(json.loads(data(n))["content"]) for n in (1, 22))


async def never() -> Target:
    await asyncio.Event().wait()
    raise AssertionError


def doubled(item: OutputItem) -> OutputItem:
    assert isinstance(item.value, int)
    return OutputItem(item.index, item.at_ms, item.type, item.value * 2, item.raw)


class Sum:
    """Swallows all items and gives their sum at the end."""

    def __init__(self) -> None:
        self.total = 0

    def push(self, item: OutputItem, /) -> list[OutputItem]:
        assert isinstance(item.value, int)
        self.total += item.value
        return []

    def finish(self) -> list[OutputItem]:
        return [OutputItem(0, 0.0, "value", self.total, str(self.total))]


async def test_output_goes_through_the_pipeline(start_stream: Any) -> None:
    server = await start_stream([STARTED, data(1), data(2), data(3), COMPLETED])
    steps = Pipeline.of(OutputItem).filter("odd", lambda item: item.value != 2)
    for pipeline, values in (
        (steps.map("double", doubled), [2, 6]),
        (steps.transform("sum", Sum), [4]),
    ):
        sink = Recorder()
        policy = CallPolicy(pipeline=pipeline)
        outcome = await execute(Call("x_stream"), found(server.target), sink, policy=policy)
        assert (outcome.state, outcome.chunks) == ("completed", 3)
        assert sink.values == values


async def test_a_step_that_fails_ends_the_run_after_what_came_before(start_stream: Any) -> None:
    def fail_at_three(item: OutputItem) -> OutputItem:
        if item.value == 3:
            raise ValueError("no threes")
        return item

    server = await start_stream([STARTED, data(1), data(2), data(3)])
    sink, metrics = Recorder(), Metrics()
    pipeline = Pipeline.of(OutputItem).map("check", fail_at_three)
    policy = CallPolicy(pipeline=pipeline, metrics=metrics)
    with pytest.raises(PipelineError, match="check: ValueError: no threes"):
        await execute(Call("x_stream"), found(server.target), sink, policy=policy)
    assert sink.values == [1, 2]
    assert metrics.snapshot()["errors"] == {"PipelineError": 1}
    async with asyncio.timeout(60):
        await server.gone.wait()


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (ConnectionFailedError("gone"), "failure"),
        (AgentError("x", code="SERVER_ERROR"), "failure"),
        (AgentError("x", code="CLIENT_ERROR", details={"status": 429}), "failure"),
        (AgentError("x", code="CLIENT_ERROR", details={"status": 400}), "success"),
        (AgentError("x", code="INTERNAL_ERROR"), "success"),
        (AgentError("x", code="AUTHENTICATION_ERROR"), "success"),
        (AgentError("x", code="TIMEOUT", kind="timeout-connect"), "failure"),
        (AgentError("x", code="TIMEOUT", kind="timeout-idle"), "none"),
        (AgentError("x", code="STREAM_ERROR", kind="network"), "failure"),
        (asyncio.CancelledError(), "none"),
        (RuntimeError("the sink"), "none"),
    ],
)
def test_what_a_failure_says_about_the_server(error: BaseException, verdict: str) -> None:
    assert verdict_of(error) == verdict
