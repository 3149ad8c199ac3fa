"""Agents for callers that are not async: in scripts, in threads, interrupted, forgotten."""

from __future__ import annotations

import _thread
import asyncio
import contextvars
import gc
import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType

import pytest

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    BackpressureGuard,
    FileStore,
    Message,
    ScriptedModel,
)
from agent_runtime.react import bridge
from run_python import run_python

WHO: contextvars.ContextVar[str] = contextvars.ContextVar("who")


def who() -> str:
    """Who asks."""
    return WHO.get()


def asking(guard: BackpressureGuard | None = None) -> AgentRuntime:
    builder = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(
            ScriptedModel(
                lambda r: (
                    f"FINAL_ANSWER: {r.messages[-1].content}"
                    if len(r.messages) > 2
                    else "Action: who"
                )
            )
        )
        .with_tools(who)
    )
    return (builder if guard is None else builder.with_guard(guard)).build()


def test_context_variables_of_the_caller_are_those_of_tools_and_models() -> None:
    def think(_: Sequence[Message]) -> str:
        return f"FINAL_ANSWER: {WHO.get()}"

    token = WHO.set("me")
    try:
        assert asking().run("Who?").answer == "Observation: me"
        answers = [e["text"] for e in asking().stream("Who?") if e["type"] == "final_answer"]
        assert answers == ["Observation: me"]
        model = AgentRuntime.builder().with_agent_config(AgentConfig(name="h")).with_model(think)
        assert model.build().run("Who?").answer == "me"
    finally:
        WHO.reset(token)


def test_many_threads_share_a_runtime_and_its_guard() -> None:
    runtime = asking(BackpressureGuard(2, 40))

    def ask(name: str) -> str | None:
        WHO.set(name)
        return runtime.run("Who?").answer

    with ThreadPoolExecutor(20) as pool:
        names = [f"thread {n}" for n in range(20)]
        contexts = [contextvars.copy_context() for _ in names]
        answers = [
            future.result()
            for future in [pool.submit(c.run, ask, n) for c, n in zip(contexts, names, strict=True)]
        ]
    assert answers == [f"Observation: {name}" for name in names]


async def test_where_an_event_loop_runs_it_says_what_to_use() -> None:
    runtime = asking()
    with pytest.raises(RuntimeError, match=r"use await runtime\.arun"):
        runtime.run("Who?")
    with pytest.raises(RuntimeError, match=r"use async for event in runtime\.astream"):
        runtime.stream("Who?")


def test_an_agent_can_be_a_tool_of_another_one() -> None:
    inner = asking()

    def ask_inner() -> str:
        """Asks another agent."""
        return inner.run("Who?").require_answer()

    outer = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="outer"))
        .with_model(ScriptedModel(["Action: ask_inner", "FINAL_ANSWER: done"]))
        .with_tools(ask_inner)
        .build()
    )
    token = WHO.set("outer")
    try:
        contents = [e["content"] for e in outer.stream("Go") if e["type"] == "observation"]
        assert contents == ["Observation: outer"]
    finally:
        WHO.reset(token)


def waiting(folder: Path, began: threading.Event, release: threading.Event) -> AgentRuntime:
    def wait() -> str:
        """Waits."""
        began.set()
        release.wait(30)
        return "waited"

    return (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(ScriptedModel(["Action: wait", "FINAL_ANSWER: done"]))
        .with_tools(wait)
        .with_store(FileStore(folder, sync=False))
        .build()
    )


def test_a_caller_that_is_interrupted_before_it_waits_leaves_nothing_behind(tmp_path: Path) -> None:
    began, release = threading.Event(), threading.Event()
    runtime = waiting(tmp_path, began, release)

    def interrupt(frame: FrameType, _: str, __: object) -> None:
        if frame.f_code.co_filename == bridge.__file__ and frame.f_code.co_name == "result":
            began.wait(1)  # by then the tool runs, if anything does
            raise KeyboardInterrupt

    sys.settrace(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            runtime.run("Wait", session_id="one")
    finally:
        sys.settrace(None)
        release.set()
    assert not began.is_set()


def test_an_interrupted_caller_leaves_a_cancelled_session(tmp_path: Path) -> None:
    began, release = threading.Event(), threading.Event()
    runtime = waiting(tmp_path, began, release)

    def interrupt() -> None:
        began.wait(30)
        _thread.interrupt_main()

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(KeyboardInterrupt):
        runtime.run("Wait", session_id="one")
    interrupter.join()
    release.set()
    [summary] = FileStore(tmp_path).sessions()
    assert (summary.state, summary.reason) == ("ended", "cancelled")


def test_an_interrupt_comes_through_although_the_model_does_not_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bridge, "END_S", 0.05)
    began, release, ended = threading.Event(), threading.Event(), threading.Event()

    async def think(_: Sequence[Message]) -> str:
        began.set()
        while not release.is_set():
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)
        ended.set()
        return "FINAL_ANSWER: at last"

    def interrupt() -> None:
        began.wait(30)
        _thread.interrupt_main()

    builder = AgentRuntime.builder().with_agent_config(AgentConfig(name="helper"))
    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            list(builder.with_model(think).build().stream("Go"))
    finally:
        release.set()
        interrupter.join()
    assert ended.wait(30)


@pytest.mark.parametrize("how", ["close", "forget"])
def test_a_stream_that_is_not_read_to_its_end_is_cancelled(tmp_path: Path, how: str) -> None:
    began, release = threading.Event(), threading.Event()
    runtime = waiting(tmp_path, began, release)
    stream = runtime.stream("Wait", session_id="one")
    assert next(event for event in stream if event["type"] == "action")
    assert began.wait(30)
    if how == "close":
        stream.close()
    else:
        del stream
        gc.collect()
    release.set()
    [summary] = FileStore(tmp_path).sessions()
    assert (summary.state, summary.reason) == ("ended", "cancelled")


def test_a_stream_that_was_never_begun_leaves_nothing(tmp_path: Path) -> None:
    runtime = waiting(tmp_path, threading.Event(), threading.Event())
    runtime.stream("Wait").close()
    assert FileStore(tmp_path).sessions() == []


def test_a_tool_that_leaves_the_program_ends_neither_it_nor_other_runs() -> None:
    async def leave() -> str:
        raise SystemExit(3)

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(ScriptedModel(["Action: leave", "FINAL_ANSWER: still here"]))
        .with_tools(leave)
        .build()
    )
    assert runtime.run("Go").answer == "still here"


SCRIPT = """
from agent_runtime import AgentConfig, AgentRuntime
import threading

def think(messages):
    threading.Event().wait()

runtime = (AgentRuntime.builder().with_agent_config(AgentConfig(name="h"))
    .with_model(think).build())
events = runtime.stream("Go")
print(next(events)["type"])
"""


def test_a_script_that_forgets_a_stream_ends_at_once() -> None:
    done = run_python(SCRIPT)
    assert (done.stdout, done.stderr) == ("session_started\n", "")


ABANDONED = """
import asyncio
from agent_runtime import AgentConfig, AgentRuntime

def look():
    "Looks."

async def main():
    global stream
    runtime = (AgentRuntime.builder().with_agent_config(AgentConfig(name="h", max_iterations=1000))
        .with_model(lambda _: "Action: look").with_tools(look).build())
    stream = runtime.astream("Go")
    print((await anext(stream))["type"])
    before = -1
    while before != (before := runtime.metrics.snapshot()["steps"]):
        for _ in range(100):
            await asyncio.sleep(0.001)
    print(before < 100)

asyncio.run(main())
print("ended")
"""


def test_an_event_loop_ends_though_a_stream_is_not_read_any_more() -> None:
    done = run_python(ABANDONED)
    assert done.stdout.splitlines() == ["session_started", "True", "ended"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_can_run_agents_too() -> None:
    script = (
        "import os, sys\n"
        "from agent_runtime import AgentConfig, AgentRuntime, ScriptedModel\n"
        "runtime = (AgentRuntime.builder().with_agent_config(AgentConfig(name='h'))\n"
        "    .with_model(ScriptedModel(lambda _: 'FINAL_ANSWER: 1')).build())\n"
        "assert runtime.run('a').answer == '1'\n"
        "child = os.fork()\n"
        "assert runtime.run('b').answer == '1'\n"
        "if not child:\n"
        "    os._exit(0)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    run_python(script)
