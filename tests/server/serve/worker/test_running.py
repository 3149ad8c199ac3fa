"""Callables of every kind, run in a real worker: table 2.2 of the platform's behaviour."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from worker_client import Worker, agent, entry

KINDS = """
import asyncio, functools, sys, threading

async def later(name):
    await asyncio.sleep(0)
    return {"hi": name}

def now(name):
    return {"hi": name}

wrapped = lambda name: now(name)
partial = functools.partial(now, "bob")
async_partial = functools.partial(later, "bob")

class Greeter:
    def __init__(self, name=None):
        self.name = name
    def greet(self):
        return {"hi": self.name}
    async def greet_later(self):
        return {"hi": self.name}
    def __call__(self, name):
        return {"hi": name}
    @classmethod
    def of_class(cls, name):
        return cls(name).greet()

class Inner:
    class Deep:
        greeter = Greeter("bob")

class AsyncCall:
    async def __call__(self):
        return 1

greeter, async_call, five = Greeter("bob"), AsyncCall(), 5

@functools.wraps(later)
def sync_wrapper(*args):
    return later(*args)

def numbers(n):
    yield from range(n)

async def later_numbers(n):
    for i in range(n):
        yield i

async def later_list(n):
    await asyncio.sleep(0)
    return list(range(n))

async def later_generator(n):
    return numbers(n)

class Numbers:
    async def method(self, n):
        async for i in later_numbers(n):
            yield i

numbers_partial = functools.partial(numbers, 3)
async_numbers = Numbers().method
async_numbers_partial = functools.partial(later_numbers, 3)

def text(): return "añ"
def dictionary(): return {"a": 1, "b": 2}
def nothing(): return None
def async_generator_object(n): return later_numbers(n)
async def awaited_async_generator(n): return later_numbers(n)

def fails():
    raise ValueError("no [/such] thing")

async def fails_later():
    raise ValueError("no [/such] thing")

def breaks_off():
    yield 1
    raise ValueError("no [/such] thing")

async def breaks_off_later():
    yield 1
    raise ValueError("no [/such] thing")

async def fails_in_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(fails_later())

def stops(): return next(iter(()))
def leaves(): sys.exit(3)
async def leaves_later(): sys.exit(3)
def leaves_midway():
    yield 1
    sys.exit(3)
def interrupts(): raise KeyboardInterrupt
async def interrupts_later(): raise KeyboardInterrupt

class Odd(Exception):
    def __str__(self):
        raise RuntimeError("no text")

def odd(): raise Odd

class Nameless(type):
    @property
    def __name__(cls):
        raise RuntimeError("no name")

class OddClass(Exception, metaclass=Nameless):
    pass

class Unreadable(Exception):
    @property
    def __class__(self):
        raise RuntimeError("no class")

def odd_class(): raise OddClass("text")
def unreadable(): raise Unreadable

async def stops_the_loop():
    asyncio.get_running_loop().stop()
    return 1

def large(n): return "x" * n
def large_items(n):
    yield "x" * n
    yield "y" * n

def thread(): return threading.current_thread() is threading.main_thread()
async def loop_thread(): return threading.current_thread() is threading.main_thread()
"""


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    names = re.findall(r"^(?:async )?(?:def|class) (\w+)|^(\w+)(?=[ ,].*= )", KINDS, re.MULTILINE)
    plain = [name or other for name, other in names]
    more = [
        entry("method", "greeter.greet"),
        entry("async_method", "greeter.greet_later"),
        entry("of_class", "Greeter.of_class"),
        entry("deep", "Inner.Deep.greeter.greet"),
        *(entry(name) for name in ("greeter", "async_call", "five")),
    ]
    streams = [
        entry(f"{name}_stream", name)
        for name in [
            "numbers",
            "later_numbers",
            "later_list",
            "later_generator",
            "numbers_partial",
            "async_numbers",
            "async_numbers_partial",
            "text",
            "dictionary",
            "nothing",
            "async_generator_object",
            "now",
            "fails",
            "awaited_async_generator",
            "breaks_off",
            "breaks_off_later",
            "leaves_midway",
            "five",
            "fails_later",
            "stops",
            "large_items",
        ]
    ]
    folder = tmp_path_factory.mktemp("kinds")
    known = {each["tag"] for each in more}
    entries = [entry(name) for name in dict.fromkeys(plain) if name not in known]
    with agent(folder, KINDS, *entries, *more, *streams) as running:
        yield running


@pytest.mark.parametrize(
    ("tag", "args"),
    [
        ("now", ["bob"]),
        ("later", ["bob"]),
        ("wrapped", ["bob"]),
        ("partial", []),
        ("async_partial", []),
        ("method", []),
        ("async_method", []),
        ("of_class", ["bob"]),
        ("deep", []),
        ("greeter", ["bob"]),
    ],
)
def test_whatever_can_be_called_gives_its_output(kinds: Worker, tag: str, args: list[str]) -> None:
    expected = '{"type": "object", "payload": "{\\"hi\\": \\"bob\\"}"}'
    assert kinds.result(tag, *args) == expected


def test_a_class_gives_its_instance(kinds: Worker) -> None:
    assert json.loads(kinds.result("Greeter", name="x"))["payload"] == '{"name": "x"}'


@pytest.mark.parametrize(
    ("tag", "args", "shown"),
    [
        ("sync_wrapper", ["x"], "<coroutine object later at"),
        ("async_call", [], "<coroutine object AsyncCall.__call__ at"),
        ("numbers", [1], "<generator object numbers at"),
        ("later_numbers", [1], "<async_generator object later_numbers at"),
    ],
)
def test_what_is_not_awaited_or_iterated_is_its_text(
    kinds: Worker, tag: str, args: list[Any], shown: str
) -> None:
    told = json.loads(kinds.result(tag, *args))
    assert told["type"] == "string"
    assert json.loads(told["payload"]).startswith(shown)


def test_large_and_small_outputs_arrive_whole_side_by_side(kinds: Worker) -> None:
    size = 10_000_000
    large = [kinds.start("large", size), kinds.start("large_items_stream", size)]
    small = [kinds.start(tag, "bob") for tag in ("now", "later") * 50]
    waiting = {*large, *small}
    while waiting:
        said = kinds.next("RESULT", "DONE", "ERROR")
        assert (said.run not in waiting) or said.kind != "ERROR", said.payload[:500]
        waiting.discard(said.run)
    outputs = {said.run: said.payload for said in kinds.said if said.kind == "RESULT"}
    assert len(outputs[large[0]]) == len('{"type": "string", "payload": "\\"\\""}') + size
    assert {outputs[run] for run in small} == {
        b'{"type": "object", "payload": "{\\"hi\\": \\"bob\\"}"}'
    }
    texts = kinds.contents(large[1])
    assert [json.loads(json.loads(text)["payload"])[:2] for text in texts] == ["xx", "yy"]


def test_functions_run_in_threads_and_coroutines_on_the_main_one(kinds: Worker) -> None:
    assert json.loads(kinds.result("thread"))["payload"] == "false"
    assert json.loads(kinds.result("loop_thread"))["payload"] == "true"


@pytest.mark.parametrize(
    ("tag", "args"),
    [
        ("numbers_stream", [3]),
        ("later_numbers_stream", [3]),
        ("later_list_stream", [3]),
        ("later_generator_stream", [3]),
        ("numbers_partial_stream", []),
        ("async_numbers_stream", [3]),
        ("async_numbers_partial_stream", []),
    ],
)
def test_a_stream_gives_ready_made_websocket_texts(
    kinds: Worker, tag: str, args: list[Any]
) -> None:
    run = kinds.start(tag, *args)
    done = kinds.end_of(run).message
    assert done["chunks"] == 3
    assert 0 <= done["seconds"] < 60
    assert kinds.texts(run) == [
        json.dumps(
            {"type": "data", "content": json.dumps({"type": "integer", "payload": str(n)})},
            separators=(",", ":"),
        )
        for n in range(3)
    ]


@pytest.mark.parametrize(
    ("tag", "payloads"), [("text_stream", ["a", "ñ"]), ("dictionary_stream", ["a", "b"])]
)
def test_any_iterable_is_a_stream(kinds: Worker, tag: str, payloads: list[str]) -> None:
    run = kinds.start(tag)
    assert kinds.end_of(run).kind == "DONE"
    assert [json.loads(json.loads(it)["payload"]) for it in kinds.contents(run)] == payloads


@pytest.mark.parametrize(
    ("tag", "args", "message"),
    [
        ("nothing_stream", [], "'NoneType' object is not iterable"),
        ("async_generator_object_stream", [1], "'async_generator' object is not iterable"),
        ("awaited_async_generator_stream", [1], "'async_generator' object is not iterable"),
    ],
)
def test_what_gives_no_items_is_no_stream(
    kinds: Worker, tag: str, args: list[Any], message: str
) -> None:
    error = kinds.error(tag, *args)
    assert (error["kind"], error["exception"]) == ("raised", "TypeError")
    assert error["message"] == message
    assert error["problems"] == []


@pytest.mark.parametrize(
    "tag", ["fails", "fails_later", "fails_stream", "fails_later_stream", "breaks_off_stream"]
)
def test_an_exception_says_what_and_where(kinds: Worker, tag: str) -> None:
    error = kinds.error(tag)
    assert (error["kind"], error["exception"]) == ("raised", "ValueError")
    assert error["message"] == "no [/such] thing"
    (frame,) = error["frames"]
    assert Path(frame["file"]).name == "main.py"
    assert frame["function"] == tag.removesuffix("_stream")
    assert frame["text"] == 'raise ValueError("no [/such] thing")'
    assert KINDS.splitlines()[frame["line"] - 1].strip() == frame["text"]


def test_a_group_of_exceptions_shows_the_first(kinds: Worker) -> None:
    if kinds.said[0].message["python"].startswith(("3.9.", "3.10.")):
        pytest.skip("it has no groups of exceptions")
    error = kinds.error("fails_in_group")
    assert error["exception"] == "ExceptionGroup"
    assert [frame["function"] for frame in error["frames"]] == ["fails_in_group", "fails_later"]


@pytest.mark.parametrize("tag", ["breaks_off_stream", "breaks_off_later_stream"])
def test_the_chunks_before_a_failure_arrive(kinds: Worker, tag: str) -> None:
    run = kinds.start(tag)
    assert kinds.end_of(run).kind == "ERROR"
    assert len(kinds.texts(run)) == 1


@pytest.mark.parametrize("tag", ["stops", "stops_stream"])
def test_stop_iteration_is_an_error_like_others(kinds: Worker, tag: str) -> None:
    error = kinds.error(tag)
    assert (error["kind"], error["exception"], error["message"]) == ("raised", "StopIteration", "")


@pytest.mark.parametrize(
    ("tag", "exception", "message"),
    [
        ("leaves", "SystemExit", "3"),
        ("leaves_later", "SystemExit", "3"),
        ("leaves_midway_stream", "SystemExit", "3"),
        ("interrupts", "KeyboardInterrupt", ""),
        ("interrupts_later", "KeyboardInterrupt", ""),
    ],
)
def test_leaving_ends_the_run_and_nothing_else(
    kinds: Worker, tag: str, exception: str, message: str
) -> None:
    error = kinds.error(tag)
    assert (error["kind"], error["exception"]) == ("exit", exception)
    assert error["message"] == message
    assert kinds.call("later", "bob").kind == "RESULT"


def test_an_exception_without_text_has_its_name(kinds: Worker) -> None:
    error = kinds.error("odd")
    assert (error["exception"], error["message"]) == ("Odd", "Odd")


def test_an_exception_that_cannot_be_read_is_an_error_as_well(kinds: Worker) -> None:
    error = kinds.error("odd_class")
    assert (error["exception"], error["message"]) == ("OddClass", "text")
    error = kinds.error("unreadable")
    assert (error["kind"], error["exception"]) == ("raised", "RuntimeError")
    assert "cannot be read" in error["message"]


@pytest.mark.parametrize("tag", ["five", "five_stream"])
def test_what_cannot_be_called_says_so(kinds: Worker, tag: str) -> None:
    error = kinds.error(tag)
    assert error["kind"] == "not-callable"
    assert error["message"] == "'int' object is not callable"


def test_arguments_are_passed_as_they_come(kinds: Worker) -> None:
    assert "must be a mapping" in error_of(kinds, "now", [], None)["message"]
    assert "must be an iterable" in error_of(kinds, "now", 5, {})["message"]
    assert "takes 1 positional argument" in error_of(kinds, "now", "bob", {})["message"]


def error_of(running: Worker, tag: str, args: Any, kwargs: Any) -> Any:
    number = running.next_number()
    message = {"id": "x", "tag": tag, "args": args, "kwargs": kwargs}
    running.tell("RUN", number, {**message, "streams": False, "credit": None})
    return running.end_of(number).message


def test_what_cannot_be_started_is_an_error_of_its_run_alone(kinds: Worker) -> None:
    assert error_of(kinds, "unheard_of", [], {})["exception"] == "KeyError"
    number = kinds.next_number()
    kinds.send("RUN", number, b'{"tag": "now", "args": ' + b"[" * 100_000)
    assert kinds.end_of(number).message["exception"] == "RecursionError"
    assert kinds.call("now", "bob").kind == "RESULT"


def test_a_worker_ends_when_it_is_told_to(tmp_path: Path) -> None:
    source = (
        "import atexit\natexit.register(print, 'cleaned up')\n"
        "atexit.register(lambda: 1 / 0)\ndef now(): pass\n"
    )
    with agent(tmp_path, source, "now") as running:
        assert running.stop() == 0
        assert running.logged(0) == "cleaned up\n"


def test_a_worker_that_is_told_to_end_finishes_what_runs(tmp_path: Path) -> None:
    source = "import os\ndef waits(path):\n    while not os.path.exists(path): pass\n    return 1\n"
    with agent(tmp_path, source, "waits") as running:
        run = running.start("waits", str(tmp_path / "go"))
        running.tell("SHUTDOWN", 0, {})
        (tmp_path / "go").touch()
        assert running.end_of(run).kind == "RESULT"
        assert running.process.wait(20) == 0


def test_the_agent_cannot_end_the_event_loop(kinds: Worker) -> None:
    assert kinds.call("stops_the_loop").kind == "RESULT"
    assert kinds.call("later", "bob").kind == "RESULT"


def test_a_free_event_loop_answers_a_ping(kinds: Worker) -> None:
    kinds.tell("PING", 0, {})
    assert kinds.next("PONG").message == {}
