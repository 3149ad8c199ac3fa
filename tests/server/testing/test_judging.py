"""What holds and what does not, of every expectation."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import sys
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.agents.call import RunResult
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.outcome import OutputItem, RunOutcome
from runagent_ls.testing import answer as answers
from runagent_ls.testing import judging
from runagent_ls.testing.answer import Answer, Collector
from runagent_ls.testing.comparing import difference
from runagent_ls.testing.judging import judge
from runagent_ls.testing.model import Failure
from runagent_ls.testing.paths import find, path_problem

Json = dict[str, Any]


def called(value: Any, **more: Any) -> Answer:
    outcome = RunOutcome("completed", None, 50.0, 0, result=RunResult(value, None, 0.0), **more)
    return Collector().answer(outcome, streams=False)


def streamed(*chunks: Any, first_ms: float = 10.0) -> Answer:
    collector = Collector()
    for index, chunk in enumerate(chunks):
        kind: Literal["text", "value"] = "text" if isinstance(chunk, str) else "value"
        raw = json.dumps(chunk)
        collector.take([OutputItem(index, first_ms, kind, chunk, raw)])
    outcome = RunOutcome("completed", None, 50.0, len(chunks), first_ms if chunks else None)
    return collector.answer(outcome, streams=True)


def failed(code: str) -> Answer:
    outcome = RunOutcome("failed", None, 5.0, 0, error=AgentError("no luck", code=code))
    return Collector().answer(outcome, streams=False)


def judged(expect: Json | None, answer: Answer) -> tuple[Failure, ...]:
    return asyncio.run(judge(expect, answer))


def names(expect: Json, answer: Answer) -> list[str]:
    return [it.expectation for it in judged(expect, answer)]


@pytest.mark.parametrize(
    ("expect", "value"),
    [
        ({}, None),
        ({"equals": 1}, 1.0),
        ({"equals": {"a": 1, "b": [True, None]}}, {"b": [True, None], "a": 1}),
        ({"equals": 2**70}, 2**70),
        ({"equals": math.nan}, math.nan),
        ({"equals": None}, None),
        ({"contains": "lo w"}, "hello world"),
        ({"contains": ['"a": 1', "ü"]}, {"a": 1, "b": "ü"}),
        ({"regex": "^hello$"}, "hello"),
        ({"regex": "(?m)^two$"}, "one\ntwo\n"),
        ({"schema": {"type": "object", "required": ["a"]}}, {"a": 1}),
        ({"schema": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"}}, "x"),
        ({"schema": {"$defs": {"n": {"type": "integer"}}, "items": {"$ref": "#/$defs/n"}}}, [1]),
        ({"jsonPath": [{"path": "$.a[0]", "equals": {"b": 1.0}}]}, {"a": [{"b": 1}]}),
        ({"jsonPath": [{"path": "$..b", "count": 2, "equals": [1, 2]}]}, [{"b": 1}, {"b": 2}]),
        ({"jsonPath": [{"path": "$[?(@.n > 1)].n", "equals": [2]}]}, [{"n": 1}, {"n": 2}]),
        ({"jsonPath": [{"path": "$.x", "exists": False, "count": 0}]}, {"a": 1}),
        ({"jsonPath": [{"path": "$.a", "contains": "b", "regex": "c$"}]}, {"a": "bc"}),
        ({"jsonPath": [{"path": "$.a", "exists": True}]}, {"a": None}),
        ({"maxTotalMs": 50}, None),
    ],
)  # fmt: skip
def test_what_holds(expect: Json, value: Any) -> None:
    assert judged(expect, called(value)) == ()


@pytest.mark.parametrize(
    ("expect", "value", "message"),
    [
        ({"equals": 1}, True, "The output is true, not 1."),
        ({"equals": "1"}, 1, 'The output is 1, not "1".'),
        ({"equals": 2**53 + 1}, 2.0**53, "The output is 9007199254740992.0"),
        ({"equals": {"a": {"b": [1]}}}, {"a": {"b": [3]}}, "differs at a.b[0]: it is 3, not 1."),
        ({"equals": {"a": 1}}, {"a": 1, "b": 2}, 'has the key "b" besides.'),
        ({"equals": {"a": {"c": 1}}}, {"a": {}}, 'differs at a: it lacks the key "c".'),
        ({"equals": [1, 2]}, [1], "The output has 1 item, not 2."),
        ({"contains": "Hello"}, "hello", "in another case"),
        ({"regex": "^a"}, "ba", 'does not match "^a".'),
        ({"schema": {"type": "integer"}}, True, "must be a whole number, not true."),
        ({"schema": {"const": 1}}, 2, "must be 1, not 2."),
        ({"schema": {"not": {}}}, 2, "should not be valid"),
        ({"schema": {"$ref": "http://127.0.0.1:9/x"}}, 2, "cannot be applied"),
        ({"schema": {"pattern": "^a"}}, "b", "text that matches ^a"),
        ({"jsonPath": [{"path": "$.a", "equals": 1}]}, {}, "$.a finds nothing."),
        ({"jsonPath": [{"path": "$.a", "exists": False}]}, {"a": 5}, "$.a finds 5."),
        ({"jsonPath": [{"path": "$[*]", "count": 1}]}, [1, 2], "finds 2 places, not 1."),
        ({"jsonPath": [{"path": "$.a", "contains": "x"}]}, {"a": "b"}, 'does not contain "x".'),
        ({"jsonPath": [{"path": "$.a", "regex": "x"}]}, {"a": [1]}, '$.a does not match "x".'),
        ({"maxTotalMs": 49.5}, None, "took 50 ms, which is more than 49.5 ms."),
    ],
)  # fmt: skip
def test_what_does_not_hold(expect: Json, value: Any, message: str) -> None:
    (failure,) = judged(expect, called(value))
    assert message in failure.message
    assert failure.path[0] in expect


def test_a_stream_as_a_list_and_as_text() -> None:
    answer = streamed("a", {"n": 1}, "b")
    assert judged({"equals": ["a", {"n": 1}, "b"], "minChunks": 3}, answer) == ()
    assert judged({"equals": 'a{"n": 1}b', "contains": 'a{"n"', "regex": "b$"}, answer) == ()
    assert names({"equals": ["a"], "minChunks": 4, "maxFirstChunkMs": 9}, answer) == [
        "equals",
        "minChunks",
        "maxFirstChunkMs",
    ]
    assert judged({"jsonPath": [{"path": "$[1].n", "equals": 1}]}, answer) == ()
    (failure,) = judged({"maxFirstChunkMs": 9}, streamed())
    assert failure.message.startswith("No chunk came")
    assert judged({"equals": "", "minChunks": 0}, streamed()) == ()


def test_a_run_that_fails() -> None:
    assert names({}, failed("X")) == ["completes"]
    assert names({"equals": 1, "regex": "a"}, failed("X")) == ["completes"]
    assert judged({"error": "X"}, failed("X")) == ()
    assert names({"error": "Y"}, failed("X")) == ["error"]
    assert names({"error": "X"}, called(1)) == ["error"]
    assert names({"error": "X", "contains": "a"}, failed("X")) == ["contains"]
    assert names({"error": "X", "maxTotalMs": 1}, failed("X")) == ["maxTotalMs"]
    outcome = RunOutcome("cancelled", None, 5.0, 0, stopped=True)
    cancelled = Collector().answer(outcome, streams=True)
    assert [it.message for it in judged({"error": "X"}, cancelled)] == ["The run was cancelled."]


def test_what_would_take_forever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "LIMIT_S", 1.0)
    for expect, value in (
        ({"regex": "(a+)+$"}, "a" * 60 + "b"),
        ({"schema": {"pattern": "(a+)+$"}}, "a" * 60 + "b"),
        ({"jsonPath": [{"path": "$[?(@ =~ '(a+)+$')]", "exists": True}]}, ["a" * 60 + "b"]),
    ):
        (failure,) = judged(expect, called(value))
        assert "could not be told within 1 s" in failure.message


def test_the_time_to_start_is_not_taken_from_the_judgement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "python"
    slow.write_text(f'#!/bin/sh\nsleep 4\nexec {sys.executable} "$@"\n')
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    monkeypatch.setattr(judging, "LIMIT_S", 3.0)
    assert judged({"regex": "^b"}, called("b")) == ()


def test_nothing_is_left_of_a_judgement_that_is_cancelled(tmp_path: Path) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(judge({"regex": "(a+)+$"}, called("a" * 60 + "b")))
        while not await asyncio.to_thread(_children):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    def _children() -> list[str]:
        found: list[str] = []
        for task in Path("/proc/self/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ends
                found += (task / "children").read_text().split()
        return found

    if not Path("/proc/self/task").exists():
        pytest.skip("only Linux tells the children of a process")
    before = set(_children())
    asyncio.run(cancelled())
    assert set(_children()) <= before


def test_an_output_that_is_too_large_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_CHARACTERS", 10)
    answer = streamed("a" * 8, "b" * 8)
    (failure,) = judged({"contains": "a"}, answer)
    assert "too large" in failure.message
    assert judged({"minChunks": 2}, answer) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=1), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(JSON, JSON)
def test_values_are_the_same_when_their_json_is(one: Any, other: Any) -> None:
    def normal(value: Any) -> Any:
        if isinstance(value, float):
            return int(value) if value.is_integer() else repr(value)
        if isinstance(value, list):
            return [normal(it) for it in value]
        if isinstance(value, dict):
            return {key: normal(it) for key, it in value.items()}
        return value

    written = [json.dumps(normal(it), sort_keys=True) for it in (one, other)]
    assert (difference(one, other) is None) == (written[0] == written[1])
    assert difference(one, one) is None


def test_values_nested_as_deep_as_python_reads_them() -> None:
    deep: Any = 1
    for _ in range(sys.getrecursionlimit() * 2):
        deep = [deep]
    assert difference(deep, deep) is None
    for expect in ({"equals": deep}, {"schema": {"const": deep}}, {"schema": {"items": deep}}):
        (failure,) = judged(expect, called([]))
        assert failure.expectation in expect


def test_whether_a_path_leads_to_one_place() -> None:
    value: Any = {"a": [{"b": 1}]}
    assert find("$.a[0].b", value) == ([1], True)
    assert find("$.a[*].b", value) == ([1], False)
    assert find("$..b", value) == ([1], False)
    assert find("$", value) == ([value], True)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit memory")
def test_a_path_that_asks_for_too_much_memory_is_said() -> None:
    expect = {"jsonPath": [{"path": "$ * 2000000000", "exists": True}]}
    (failure,) = judged(expect, called("abc"))
    assert failure.message == "$ * 2000000000 cannot be followed: MemoryError"


def test_a_path_that_cannot_be_read_does_not_spoil_the_next() -> None:
    assert path_problem("$.a[") == "$.a[ is no JSONPath: Parse error near the end of string."
    assert path_problem("$.a") is None
    assert path_problem("%") is not None
    assert find("$.a", {"a": 1}) == ([1], True)


def test_numbers_that_no_float_can_hold() -> None:
    huge = 10**400
    for expected, value in ((huge, 5), (5, huge), (huge, 0.5), (math.nan, huge)):
        assert names({"equals": expected}, called(value)) == ["equals"]
    assert names({"equals": huge}, called(huge)) == []
    assert names({"maxFirstChunkMs": huge, "maxTotalMs": huge}, streamed()) == ["maxFirstChunkMs"]
