"""The driver of a run, and batching of its output for display."""

from __future__ import annotations

import asyncio
import functools
import json
import math
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection

from runagent_ls.agents.call import Call
from runagent_ls.agents.errors import AgentError, ConnectionFailedError
from runagent_ls.agents.output import BATCH_BYTES, ITEM_BYTES, OutputBatcher, message_of
from runagent_ls.agents.runs import OutputItem, RunOutcome, RunState, execute
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

AGENT = "11111111-2222-4333-8444-555555555555"
RUN = f"POST /api/v1/agents/{AGENT}/run"
STARTED = '{"type":"status","status":"stream_started","invocation_id":"i-1"}'
COMPLETED = '{"type":"status","status":"stream_completed","total_chunks":1}'
PROTOCOL = json.loads(
    (Path(__file__).parents[3] / "schemas" / "protocol.schema.json").read_text(encoding="utf-8")
)


def check(name: str, message: Any) -> None:
    """`message` is what the protocol schema calls `name`, and strict JSON."""
    json.dumps(message, allow_nan=False)
    validator(name).validate(message)


@functools.cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = {"$ref": f"#/$defs/{name}", "$defs": PROTOCOL["$defs"]}
    return jsonschema.Draft202012Validator(schema)


def data(value: Any, kind: str = "object") -> str:
    content = json.dumps({"type": kind, "payload": json.dumps(value)})
    return json.dumps({"type": "data", "content": content}, separators=(",", ":"))


class Recorder:
    """A sink that remembers, and can be told what to do on output."""

    def __init__(self, on_output: Callable[[], Awaitable[None]] | None = None) -> None:
        self.states: list[tuple[RunState, Target | None]] = []
        self.items: list[OutputItem] = []
        self.batches = 0
        self.arrived = asyncio.Event()
        self._on_output = on_output

    async def state(self, state: RunState, target: Target | None) -> None:
        self.states.append((state, target))

    async def output(self, items: Sequence[OutputItem]) -> None:
        assert items
        self.items.extend(items)
        self.batches += 1
        self.arrived.set()
        if self._on_output is not None:
            await self._on_output()


def found(target: Target) -> Callable[[], Awaitable[Target]]:
    async def resolve() -> Target:
        return target

    return resolve


async def never() -> Target:
    raise AssertionError("nothing may be looked for")


async def test_a_call(start_http: Any) -> None:
    answer = {"success": True, "data": '{"type": "number", "payload": "null"}'}
    server = await start_http({RUN: (200, answer)})
    sink = Recorder()
    outcome = await execute(Call("greet"), found(server.target), sink)
    assert outcome.state == "completed"
    assert outcome.result is not None
    assert math.isnan(outcome.result.value)  # type: ignore[arg-type]  # a float, as asserted
    assert [state for state, _ in sink.states] == ["resolving", "connecting", "running"]
    assert sink.states[0][1] is None
    assert sink.states[2][1] == server.target
    message = outcome.to_message("run-1")
    check("RunOutcome", message)
    assert message["value"] == "NaN"
    assert message["runId"] == "run-1"
    assert "error" not in message
    assert "stopped" not in message
    for state, target in sink.states:
        shown = None if target is None else target.to_message()
        check("RunStateParams", {"runId": "r", "state": state, "target": shown})


async def test_a_call_without_a_value_has_the_value_null(start_http: Any) -> None:
    server = await start_http({RUN: (200, {"success": True, "data": None})})
    outcome = await execute(Call("greet"), found(server.target), Recorder())
    message = outcome.to_message("r")
    assert message["value"] is None
    check("RunOutcome", message)


async def test_a_stream(start_stream: Any) -> None:
    frames = [STARTED, data({"i": 1}), "odd", data("text", "string"), data(None, "null"), COMPLETED]
    server = await start_stream(frames)
    sink = Recorder()
    outcome = await execute(Call("x_stream"), found(server.target), sink)
    assert outcome.state == "completed"
    assert outcome.chunks == 3
    assert outcome.result is None
    assert [(i.index, i.type, i.value) for i in sink.items] == [
        (0, "value", {"i": 1}),
        (1, "unknown-frame", None),
        (2, "text", "text"),
        (3, "value", None),
    ]
    assert outcome.first_chunk_ms is not None
    assert 0 < outcome.first_chunk_ms <= outcome.elapsed_ms
    assert [state for state, _ in sink.states] == ["resolving", "connecting", "running"]
    message = outcome.to_message("r")
    check("RunOutcome", message)
    assert "value" not in message
    items = [message_of(item)[0] for item in sink.items]
    check("OutputParams", {"runId": "r", "seq": 0, "items": items})


async def test_a_failure_after_chunks(start_stream: Any) -> None:
    server = await start_stream([STARTED, data(1, "integer"), '{"type":"error","error":"boom"}'])
    sink = Recorder()
    outcome = await execute(Call("x_stream"), found(server.target), sink)
    assert outcome.state == "failed"
    assert outcome.chunks == 1
    assert [item.value for item in sink.items] == [1]
    assert outcome.error is not None
    assert outcome.error.message == "boom"
    check("RunOutcome", outcome.to_message("r"))


@pytest.mark.parametrize(
    ("tag", "stream", "code"),
    [("x_stream", False, "STREAM_ENTRYPOINT"), ("x", True, "NON_STREAM_ENTRYPOINT")],
)
async def test_the_wrong_way_to_run_fails_before_anything_is_looked_for(
    tag: str, stream: bool, code: str
) -> None:
    sink = Recorder()
    outcome = await execute(Call(tag), never, sink, stream=stream)
    assert outcome.state == "failed"
    assert outcome.error is not None
    assert outcome.error.code == code
    assert outcome.target is None
    assert sink.states == []
    check("RunOutcome", outcome.to_message("r"))


async def test_no_target() -> None:
    async def resolve() -> Target:
        raise ConnectionFailedError("nobody there")

    outcome = await execute(Call("x"), resolve, Recorder())
    assert outcome.state == "failed"
    assert outcome.target is None
    assert outcome.error is not None
    assert outcome.error.to_message()["action"] == "show-serve-command"


@pytest.mark.parametrize("error", [AgentError("m"), ConnectionFailedError("m", details={"a": 1})])
def test_errors_as_messages(error: AgentError) -> None:
    check("RunError", error.to_message())


def test_every_kind_of_error_as_a_message() -> None:
    for kind in AgentError.__subclasses__():
        check("RunError", kind("m").to_message())


async def test_cancelling_a_call_is_honest_that_the_function_goes_on(start_raw: Any) -> None:
    arrived = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}}")
        arrived.set()
        await reader.read()

    target = Target("127.0.0.1", await start_raw(handler), AGENT, "explicit")
    outcome = await cancelled_after(arrived, Call("x"), target)
    assert outcome.stopped is False


async def test_cancelling_a_stream_stops_it(start_stream: Any) -> None:
    server = await start_stream([STARTED, data(1, "integer")])
    sink = Recorder()
    outcome = await cancelled_after(sink.arrived, Call("x_stream"), server.target, sink)
    assert outcome.stopped is True
    assert outcome.chunks == 1
    async with asyncio.timeout(60):
        await server.gone.wait()


async def cancelled_after(
    event: asyncio.Event, call: Call, target: Target, sink: Recorder | None = None
) -> RunOutcome:
    task = asyncio.create_task(execute(call, found(target), sink or Recorder()))
    async with asyncio.timeout(60):
        await event.wait()
        task.cancel()
        outcome = await task
    assert outcome.state == "cancelled"
    assert not task.cancelled()
    check("RunOutcome", outcome.to_message("r"))
    return outcome


async def test_cancelling_while_looking_for_the_agent() -> None:
    looking = asyncio.Event()

    async def resolve() -> Target:
        looking.set()
        await asyncio.Event().wait()
        raise AssertionError

    task = asyncio.create_task(execute(Call("x"), resolve, Recorder()))
    await looking.wait()
    task.cancel()
    outcome = await task
    assert (outcome.state, outcome.stopped, outcome.target) == ("cancelled", True, None)


async def test_the_total_limit_holds_while_looking_for_the_agent() -> None:
    async def for_ever() -> Target:
        await asyncio.Event().wait()
        raise AssertionError("not reached")

    async with asyncio.timeout(60):
        outcome = await execute(Call("t"), for_ever, Recorder(), Timeouts(total=0.1))
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.kind) == ("TIMEOUT", "timeout-total")
    assert not outcome.error.may_have_run


async def test_what_the_search_takes_is_taken_from_the_total_limit(start_raw: Any) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    target = Target("127.0.0.1", await start_raw(silent), "AID", "explicit")
    loop = asyncio.get_running_loop()

    async def slow() -> Target:
        until = loop.time() + 1
        while loop.time() < until:
            await asyncio.sleep(0)
        return target

    outcome = await execute(Call("t"), slow, Recorder(), Timeouts(total=5))
    assert outcome.error is not None
    assert outcome.error.kind == "timeout-total"
    assert " 5 s" not in outcome.error.message


async def test_a_sink_that_fails_ends_the_run_and_closes_the_connection(start_stream: Any) -> None:
    async def fail() -> None:
        raise RuntimeError("editor gone")

    server = await start_stream([STARTED, data(1, "integer")])
    with pytest.raises(RuntimeError, match="editor gone"):
        await execute(Call("x_stream"), found(server.target), Recorder(fail))
    async with asyncio.timeout(60):
        await server.gone.wait()


async def test_a_sink_that_waits_makes_the_agent_wait(start_stream: Any) -> None:
    release = asyncio.Event()
    sent = 0

    async def script(connection: ServerConnection) -> None:
        nonlocal sent
        await connection.send(STARTED)
        for _ in range(100):
            await connection.send(data("x" * 1_000_000, "string"))
            sent += 1
        await connection.send(COMPLETED)

    server = await start_stream(script)
    sink = Recorder(release.wait)  # type: ignore[arg-type]  # what wait returns is not used
    task = asyncio.create_task(execute(Call("x_stream"), found(server.target), sink))
    async with asyncio.timeout(60):
        await sink.arrived.wait()
        last = -1
        while last != sent:  # until the server cannot send any more
            last = sent
            await asyncio.sleep(0.05)
        assert sent < 60
        release.set()
        outcome = await task
    assert outcome.chunks == 100


async def test_limits_are_passed_on(start_stream: Any) -> None:
    server = await start_stream([STARTED])
    outcome = await execute(Call("x_stream"), found(server.target), Recorder(), Timeouts(idle=0.1))
    assert outcome.error is not None
    assert outcome.error.code == "TIMEOUT"


def text_item(text: str, index: int = 0) -> OutputItem:
    raw = json.dumps({"type": "string", "payload": json.dumps(text, ensure_ascii=False)})
    return OutputItem(index, 1.0, "text", text, raw)


def value_item(value: Any, index: int = 0, *, compact: bool = False) -> OutputItem:
    separators = (",", ":") if compact else None
    payload = json.dumps(value, separators=separators, ensure_ascii=False)
    raw = json.dumps(
        {"type": "array", "payload": payload}, separators=separators, ensure_ascii=False
    )
    return OutputItem(index, 1.0, "value", value, raw)


@pytest.mark.parametrize(
    "text", ["x" * 10_000_000, "🦉" * 200_000, "\x01" * 200_000, "é\n" * 99_999]
)
def test_a_long_text_is_cut_for_display(text: str) -> None:
    message, size = message_of(text_item(text))
    shown = message["text"]
    assert isinstance(shown, str)
    assert text.startswith(shown)
    assert message["truncatedFrom"] == len(text)
    assert len(json.dumps(message)) <= size <= ITEM_BYTES + 200
    assert len(json.dumps(shown)) > ITEM_BYTES // 2
    check("OutputItem", message)


def test_a_long_value_is_shown_as_the_beginning_of_its_json() -> None:
    value = [{"n": i, "nan": math.nan} for i in range(100_000)]
    message, size = message_of(value_item(value))
    assert message["type"] == "text"
    assert str(message["text"]).startswith('[{"n": 0, "nan": "NaN"}, {"n": 1')
    assert isinstance(message["truncatedFrom"], int)
    assert message["truncatedFrom"] > ITEM_BYTES
    assert len(json.dumps(message)) <= size
    check("OutputItem", message)


def test_a_long_text_that_fits_is_whole() -> None:
    text = "x" * (ITEM_BYTES - 10)
    message, _ = message_of(text_item(text))
    assert message["text"] == text
    assert "truncatedFrom" not in message
    value = ["x" * (ITEM_BYTES - 10)]
    message, _ = message_of(value_item(value))
    assert message["value"] == value
    assert message["type"] == "value"


def test_an_unknown_frame_shows_its_text() -> None:
    message, _ = message_of(OutputItem(0, 1.0, "unknown-frame", None, "<script>" * 100_000))
    assert message["type"] == "unknown-frame"
    assert message["truncatedFrom"] == 800_000
    check("OutputItem", message)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@settings(deadline=None)
@given(json_values, st.booleans())
def test_the_size_is_never_underestimated(value: Any, compact: bool) -> None:
    item = text_item(value) if isinstance(value, str) else value_item(value, compact=compact)
    message, size = message_of(item)
    assert len(json.dumps(message)) <= size
    check("OutputItem", message)


async def test_batches_come_in_order_and_keep_the_limits() -> None:
    loop = asyncio.get_running_loop()
    batches: list[list[dict[str, Any]]] = []

    async def send(batch: list[dict[str, Any]]) -> None:
        batches.append(batch)

    begun = loop.time()
    async with OutputBatcher(send, interval=0.02) as batcher:
        for start in range(0, 20_000, 100):
            await batcher.add([value_item([i], i) for i in range(start, start + 100)])
            if start % 1000 == 0:
                await asyncio.sleep(0)
    assert [item["index"] for batch in batches for item in batch] == list(range(20_000))
    assert all(len(json.dumps(batch)) <= BATCH_BYTES for batch in batches)
    # not from one batch to the next: the first of two may be taken late
    assert loop.time() - begun >= 0.019 * (len(batches) - 1)


async def test_the_first_item_is_sent_at_once_and_the_next_without_another_add() -> None:
    sent: asyncio.Queue[list[dict[str, Any]]] = asyncio.Queue()
    async with OutputBatcher(sent.put, interval=0.05) as batcher, asyncio.timeout(60):
        await batcher.add([text_item("a")])
        assert [i["text"] for i in await sent.get()] == ["a"]
        await batcher.add([text_item("b")])
        await batcher.add([text_item("c")])
        assert [i["text"] for i in await sent.get()] == ["b", "c"]


async def test_what_comes_while_a_batch_is_sent_is_sent_without_another_add() -> None:
    sent: asyncio.Queue[list[dict[str, Any]]] = asyncio.Queue()
    go_on = asyncio.Event()

    async def send(batch: list[dict[str, Any]]) -> None:
        sent.put_nowait(batch)
        await go_on.wait()

    async with OutputBatcher(send, interval=0.0) as batcher, asyncio.timeout(60):
        await batcher.add([text_item("a")])
        assert [i["text"] for i in await sent.get()] == ["a"]
        await batcher.add([text_item("b")])
        go_on.set()
        assert [i["text"] for i in await sent.get()] == ["b"]


async def test_a_receiver_that_waits_makes_the_run_wait() -> None:
    release = asyncio.Event()

    async def send(batch: list[dict[str, Any]]) -> None:
        await release.wait()

    async with OutputBatcher(send, interval=0.0) as batcher:
        added = 0

        async def fill() -> None:
            nonlocal added
            for i in range(40):
                await batcher.add([text_item("x" * 60_000, i)])
                added += 1

        task = asyncio.create_task(fill())
        for _ in range(50):
            await asyncio.sleep(0)
        assert added < 20
        release.set()
        await task
    assert added == 40


async def test_a_receiver_that_fails_is_heard_of() -> None:
    async def send(batch: list[dict[str, Any]]) -> None:
        raise RuntimeError("client gone")

    with pytest.raises(RuntimeError, match="client gone"):
        async with OutputBatcher(send, interval=0.0) as batcher:
            await batcher.add([text_item("a")])
            await asyncio.sleep(0.01)
            await batcher.add([text_item("b")])


async def test_leaving_with_an_error_drops_what_waits() -> None:
    batches = []

    async def send(batch: list[dict[str, Any]]) -> None:
        batches.append(batch)

    with pytest.raises(ValueError, match="x"):
        async with OutputBatcher(send, interval=10.0) as batcher:
            await batcher.add([text_item("a")])
            await asyncio.sleep(0.01)
            await batcher.add([text_item("b")])
            raise ValueError("x")
    await asyncio.sleep(0)
    assert len(batches) == 1
