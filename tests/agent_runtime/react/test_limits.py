"""Limits of steps, tokens and time, and models that fail or cannot be understood."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from typing import Any

import pytest

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    BackpressureGuard,
    BackpressureShed,
    CircuitBreaker,
    Deduplicator,
    Message,
    ModelError,
    ModelReply,
    ModelRequest,
    NoAnswerError,
    RetryPolicy,
    RuntimeBuilder,
    ScriptedModel,
    Usage,
)
from agent_runtime.events import Event
from agent_runtime.orchestrator import Admission, MemoryBackend
from agent_runtime.runtime import Configured


def builder(model: Any, **limits: Any) -> RuntimeBuilder[Configured]:
    config = AgentConfig(name="helper", **limits)
    return AgentRuntime.builder().with_agent_config(config).with_model(model)


def look() -> str:
    """Looks around."""
    return "nothing"


async def events_of(runtime: AgentRuntime) -> list[Event]:
    return [event async for event in runtime.astream("Look")]


async def test_max_iterations() -> None:
    model = ScriptedModel(lambda _: "Action: look")
    result = await builder(model, max_iterations=3).with_tools(look).build().arun("Look")
    assert (result.reason, result.steps, result.tool_calls) == ("max_iterations", 3, 3)
    assert len(model.requests) == 3
    with pytest.raises(NoAnswerError, match="no answer after 3 steps"):
        result.require_answer()


async def test_what_cannot_be_understood_is_observed_and_answered() -> None:
    model = ScriptedModel(["I think it is 4", "FINAL_ANSWER: 4"])
    events = await events_of(builder(model).build())
    [observation] = [event for event in events if event["type"] == "observation"]
    assert (observation["ok"], observation["error"], observation["tool"]) == (
        False,
        "malformed",
        None,
    )
    assert "neither an Action nor a FINAL_ANSWER" in observation["content"]
    assert "FINAL_ANSWER: the answer" in observation["content"]
    said, answered = model.requests[1].messages[-2:]
    assert (said.role, said.content) == ("assistant", "I think it is 4")
    assert answered.content == f"Observation (error: malformed): {observation['content']}"


async def test_the_prompt_tells_of_tools_steps_and_limits() -> None:
    model = ScriptedModel(["Thought: hm\nAction: look\nAction Input: {}", "FINAL_ANSWER: 1"])
    limits = {"instructions": "Be kind.", "temperature": 0.5, "max_reply_tokens": 99}
    await builder(model, **limits).with_tools(look).build().arun("Look")
    request = model.requests[1]
    assert [message.role for message in request.messages] == [
        *("system", "user", "assistant", "user")
    ]
    system, question, said, answered = (message.content for message in request.messages)
    assert system.startswith("Be kind.")
    assert "- look: Looks around." in system
    assert question == "Question: Look"
    assert said == "Thought: hm\nAction: look\nAction Input: {}"
    assert answered == "Observation: nothing"
    assert (request.temperature, request.max_tokens) == (0.5, 99)
    assert [tool.name for tool in request.tools] == ["look"]


async def test_the_token_budget_counts_what_the_provider_says() -> None:
    model = ScriptedModel(lambda _: ModelReply("Action: look", usage=Usage(900, 100)))
    result = await (
        builder(model, token_budget=2_500, max_iterations=50).with_tools(look).build().arun("Look")
    )
    assert (result.reason, len(model.requests)) == ("token_budget", 3)
    assert result.tokens == {"input": 2700, "output": 300, "estimated": False}


async def test_nothing_is_asked_that_goes_beyond_the_budget() -> None:
    model = ScriptedModel(["FINAL_ANSWER: 1"])
    result = await builder(model, token_budget=5).build().arun("Look")
    assert (result.reason, len(model.requests)) == ("token_budget", 0)


async def test_the_time_limit_of_a_run() -> None:
    async def forever(_: object) -> str:
        await asyncio.Event().wait()
        return "FINAL_ANSWER: never"

    result = await builder(forever, time_limit=0.05).build().arun("Look")
    assert (result.reason, result.answer) == ("time_limit", None)

    async def wait() -> str:
        await asyncio.Event().wait()
        return "never"

    model = ScriptedModel(["Action: wait"])
    events = await events_of(builder(model, time_limit=4).with_tools(wait).build())
    *_, observation, end = events
    assert (observation.get("error"), end.get("reason")) == ("interrupted", "time_limit")


async def test_the_time_limit_of_a_tool_is_observed() -> None:
    async def wait() -> str:
        await asyncio.Event().wait()
        return "never"

    model = ScriptedModel(["Action: wait", "FINAL_ANSWER: too slow"])
    events = await events_of(builder(model, tool_time_limit=0.05).with_tools(wait).build())
    [observation] = [event for event in events if event["type"] == "observation"]
    assert observation["error"] == "transient"
    assert events[-1].get("reason") == "answered"


async def test_the_time_limit_of_the_model_is_for_each_attempt() -> None:
    asked = 0

    async def slow_at_first(_: object) -> str:
        nonlocal asked
        asked += 1
        if asked == 1:
            await asyncio.Event().wait()
        return "FINAL_ANSWER: here"

    policy = RetryPolicy(attempts=2, base=0)
    runtime = builder(slow_at_first, model_time_limit=2).with_retry(policy).build()
    assert (await runtime.arun("Look")).answer == "here"
    assert asked == 2
    assert runtime.metrics.snapshot()["retries"] == 1
    impatient = builder(slow_at_first, model_time_limit=0.05)
    asked = 0
    result = await impatient.with_retry(RetryPolicy(attempts=1)).build().arun("Look")
    assert result.error == "The model did not answer within 0.05 s."


async def test_the_time_of_who_looks_on_is_not_that_of_the_model() -> None:
    limit = 3.0
    asked = 0

    async def think(_: object) -> AsyncIterator[str]:
        nonlocal asked
        asked += 1
        for _ in range(100):
            yield "word "
        yield "\nFINAL_ANSWER: here"

    runtime = builder(think, model_time_limit=limit).build()
    loop = asyncio.get_running_loop()
    looked_on: list[str] = []
    async for event in runtime.astream("Look"):
        if event["type"] == "model_delta" and not looked_on:
            until = loop.time() + 1.2 * limit
            while loop.time() < until:
                await asyncio.sleep(limit / 10)
        looked_on.append(event["type"])
    assert asked == 1
    assert looked_on[-2:] == ["final_answer", "session_ended"]


async def test_who_does_not_look_on_holds_up_none_that_ask_the_same() -> None:
    async def think(_: object) -> AsyncIterator[str]:
        for _ in range(1_000):
            yield "word "
            await asyncio.sleep(0)
        yield "\nFINAL_ANSWER: shared"

    runtime = builder(think).with_deduplicator(Deduplicator()).build()
    stream = runtime.astream("Look")
    async for event in stream:
        if event["type"] == "model_delta":
            break
    other = await asyncio.wait_for(runtime.arun("Look"), 30)
    assert other.answer == "shared"
    rest = [event async for event in stream]
    written = "".join(event["text"] for event in rest if event["type"] == "model_delta")
    # no piece is lost: many came as one
    assert written.count("word") == 999
    assert len(rest) < 50


async def test_a_model_that_is_asked_again_says_so() -> None:
    asked = 0

    async def think(_: object) -> AsyncIterator[str]:
        nonlocal asked
        asked += 1
        yield "FINAL_ANSWER: "
        if asked == 1:
            raise ConnectionError("it broke off")
        yield "whole"

    policy = RetryPolicy(attempts=2, base=0.002, jitter=0)
    runtime = builder(think).with_retry(policy).build()
    events = await events_of(runtime)
    said = [event for event in events if event["type"] in {"model_delta", "model_retried"}]
    assert [event["type"] for event in said] == [
        *("model_delta", "model_retried", "model_delta", "model_delta")
    ]
    retried = said[1]
    assert retried["type"] == "model_retried"
    assert (retried["attempt"], retried["delay_ms"]) == (2, 2)
    assert retried["error"] == "ConnectionError: it broke off"
    assert retried["seq"] == next(e["seq"] for e in events if e["type"] == "thought")
    assert runtime.metrics.snapshot()["retries"] == 1


async def test_questions_that_hang_in_threads_are_not_added_to_without_end() -> None:
    release = threading.Event()
    asked = 0

    def think(_: Sequence[Message]) -> str:
        nonlocal asked
        asked += 1
        release.wait(60)
        return "FINAL_ANSWER: at last"

    limits = {"model_time_limit": 0.02}
    runtime = builder(think, **limits).with_retry(RetryPolicy(attempts=1)).build()
    try:
        errors = [(await runtime.arun("Look")).error for _ in range(10)]
        assert errors[:8] == ["The model did not answer within 0.02 s."] * 8
        assert (
            errors[8:]
            == ["8 earlier questions to the model have not ended yet, so no other one is asked."]
            * 2
        )
        async with asyncio.timeout(30):
            while asked < 8:  # a thread may begin late
                await asyncio.sleep(0.01)
        assert asked == 8
    finally:
        release.set()
    async with asyncio.timeout(30):
        while (await runtime.arun("Look")).answer != "at last":
            await asyncio.sleep(0.01)


def test_a_model_has_ten_minutes_unless_told_otherwise() -> None:
    assert AgentConfig(name="helper").model_time_limit == 600
    assert AgentConfig(name="helper", model_time_limit=None).model_time_limit is None


async def test_only_failures_that_pass_are_repeated() -> None:
    failures = [ModelError("busy", transient=True), ModelError("wrong key", transient=False)]
    model = ScriptedModel([*failures, "FINAL_ANSWER: never"])
    result = await builder(model).with_retry(RetryPolicy(base=0)).build().arun("Look")
    assert (result.reason, result.error, len(model.requests)) == ("failed", "wrong key", 2)
    with pytest.raises(NoAnswerError, match="wrong key") as failed:
        result.require_answer()
    assert failed.value.__cause__ is failures[1]


async def test_a_callable_that_fails_ends_the_session_and_not_the_program() -> None:
    def think(_: Sequence[Message]) -> str:
        raise KeyError("nothing")

    async def leave(_: Sequence[Message]) -> str:
        raise SystemExit(3)

    def stop(_: Sequence[Message]) -> str:
        raise StopIteration

    for model, error in [
        (think, "KeyError: 'nothing'"),
        (leave, "The model wanted to end the program."),
        (stop, "RuntimeError: It raised StopIteration."),
        (lambda _: 7, "TypeError: a model must give text or a ModelReply, not int"),
    ]:
        result = await builder(model).build().arun("Look")
        assert (result.reason, result.error) == ("failed", error)


class UnspeakableError(ModelError):
    def __str__(self) -> str:
        raise ValueError("no words")


async def test_nor_does_what_decides_about_it_or_cannot_say_what_failed() -> None:
    def boom(_: object) -> bool:
        raise ValueError("boom")

    class Away(MemoryBackend):
        async def admit(self, *_: object) -> Admission:
            raise ConnectionError("no Redis here")

    def think(_: object) -> str:
        raise UnspeakableError("?", transient=True)

    busy = builder(ScriptedModel([ModelError("busy", transient=True)]))
    answering = builder(ScriptedModel(["FINAL_ANSWER: 1"]))
    for broken, problem in [
        (busy.with_retry(RetryPolicy(repeatable=boom)), "ValueError: boom"),
        (answering.with_breaker(CircuitBreaker("model", backend=Away())), "no Redis here"),
        (builder(think).with_retry(RetryPolicy(attempts=2, base=0)), "UnspeakableError"),
    ]:
        events = await events_of(broken.build())
        assert events[-1]["type"] == "session_ended"
        assert events[-1]["reason"] == "failed"
        assert problem in str(events[-1].get("error"))


async def test_a_broken_model_is_left_alone_for_a_while() -> None:
    model = ScriptedModel(lambda _: ModelError("down", transient=False))
    breaker = CircuitBreaker("model", threshold=2, recovery=1000)
    runtime = builder(model).with_breaker(breaker).with_retry(RetryPolicy(attempts=1)).build()
    errors = [(await runtime.arun("Look")).error for _ in range(3)]
    assert errors[:2] == ["down", "down"]
    assert "failed too often" in str(errors[2])
    assert len(model.requests) == 2


async def test_equal_questions_are_asked_once() -> None:
    asked = 0

    class Counting(Deduplicator[Any]):
        async def run(self, key: Hashable, work: Callable[[], Awaitable[Any]]) -> Any:
            nonlocal asked
            asked += 1
            return await super().run(key, work)

    async def until_all_have_asked(_: float) -> None:
        while asked < 5:
            await asyncio.sleep(0.001)

    model = ScriptedModel(lambda _: "FINAL_ANSWER: 1", pause=1, sleep=until_all_have_asked)
    runtime = builder(model).with_deduplicator(Counting()).build()
    results = await asyncio.gather(*(runtime.arun("Look") for _ in range(5)))
    assert [result.answer for result in results] == ["1"] * 5
    assert len({result.session for result in results}) == 5
    assert len(model.requests) == 1


class Speaker:
    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked = 0

    async def think(self, _: object) -> str:
        self.asked += 1
        return f"FINAL_ANSWER: {self.answer}"


async def test_only_the_same_model_gives_the_same_reply() -> None:
    """Not one of the same name."""
    one, other = Speaker("one"), Speaker("other")
    shared = Deduplicator[Any](ttl=1000)
    runtimes = [
        builder(model).with_deduplicator(shared).build()
        for model in (one.think, other.think, one.think, ScriptedModel(["FINAL_ANSWER: script"]))
    ]
    answers = [(await runtime.arun("Look")).answer for runtime in runtimes]
    assert answers == ["one", "other", "one", "script"]
    assert (one.asked, other.asked) == (1, 1)


async def test_what_is_too_much_is_turned_away_and_counted() -> None:
    go_on = asyncio.Event()

    async def think(_: object) -> str:
        await go_on.wait()
        return "FINAL_ANSWER: 1"

    runtime = builder(think).with_guard(BackpressureGuard(1, 2)).build()
    runs = [asyncio.ensure_future(runtime.arun("Look")) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(BackpressureShed):
        await runtime.arun("Look")
    go_on.set()
    assert [(await run).answer for run in runs] == ["1", "1"]
    snapshot = runtime.metrics.snapshot()
    assert (snapshot["sheds"], snapshot["sessions"]["total"]) == (1, 2)


async def test_pieces_of_a_callable_and_one_that_breaks_off() -> None:
    async def think(_: Sequence[Message]) -> AsyncIterator[str]:
        for piece in ("FINAL_", "ANSWER: ", "ok"):
            yield piece

    events = await events_of(builder(think).build())
    pieces = [event["text"] for event in events if event["type"] == "model_delta"]
    assert pieces == ["FINAL_", "ANSWER: ", "ok"]
    assert [event["text"] for event in events if event["type"] == "final_answer"] == ["ok"]

    class Broken:
        name = "broken"

        async def reply(self, request: ModelRequest) -> ModelReply:
            raise NotImplementedError

        async def stream(self, request: ModelRequest) -> AsyncIterator[str | ModelReply]:
            yield "FINAL_ANSWER: half of it"

    result = await builder(Broken()).with_retry(RetryPolicy(attempts=1)).build().arun("Look")
    assert (result.reason, result.error) == ("failed", "The model's reply broke off.")


async def test_a_model_that_blocks_does_not_hold_up_others_and_can_be_left() -> None:
    blocked, release = threading.Event(), threading.Event()

    def block(_: Sequence[Message]) -> str:
        blocked.set()
        release.wait(30)
        return "FINAL_ANSWER: late"

    task = asyncio.ensure_future(builder(block).build().arun("Look"))
    while not blocked.is_set():
        await asyncio.sleep(0.001)
    other = builder(ScriptedModel(["FINAL_ANSWER: quick"])).build()
    assert (await other.arun("Look")).answer == "quick"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"name": " "}, "name must not be empty"),
        ({"max_iterations": 0}, "max_iterations must be at least 1"),
        ({"max_iterations": None}, "max_iterations must be a whole number, not None"),
        ({"max_iterations": 2.5}, "max_iterations must be a whole number, not 2.5"),
        ({"time_limit": "3"}, "time_limit must be a number of seconds greater than 0"),
        ({"temperature": float("nan")}, "temperature must be a number"),
        ({"instructions": None}, "instructions must be text"),
        ({"max_memory_recalls": -1}, "max_memory_recalls must be at least 0"),
        ({"token_budget": 0}, "token_budget must be at least 1"),
        ({"time_limit": 0}, "time_limit must be a number of seconds"),
        ({"tool_time_limit": float("inf")}, "tool_time_limit must be a number of seconds"),
        ({"model_time_limit": float("nan")}, "model_time_limit must be a number of seconds"),
    ],
)
def test_limits_that_make_no_sense(limits: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        AgentConfig(**{"name": "helper", **limits})
