"""What a tool returns, as text for a model and as a value for a trace."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import enum
import json
import uuid
from pathlib import PurePosixPath
from typing import Any

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_runtime.tools import ToolRegistry, to_json


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Point:
    x: int
    color: Color = Color.RED


class Person(pydantic.BaseModel):
    name: str
    born: datetime.date


class Speaks:
    def __str__(self) -> str:
        return "hello"


class Rows:
    """As arrays of numpy: no sequence, but a list on request."""

    def tolist(self) -> list[list[int]]:
        return [[1, 2], [3, 4]]


Named = collections.namedtuple("Named", "a b")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("\ud800half", "?half"),
        (Color.RED, "red"),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        (PurePosixPath("/tmp/x"), "/tmp/x"),  # noqa: S108 - no file
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Speaks(), "hello"),
        (b"bytes", "bytes"),
        (b"\xff", "/w=="),
        (None, "Done. Nothing was returned."),
    ],
)
async def test_text(value: Any, text: str) -> None:
    result = await ToolRegistry([give(value)]).call("give", {})
    assert result.ok
    assert result.content == text
    assert "value" not in result.fields()


@pytest.mark.parametrize(
    ("value", "json_value"),
    [
        (3, 3),
        (True, True),
        (1.5, 1.5),
        (float("nan"), "nan"),
        ([float("inf"), -0.5], ["inf", -0.5]),
        ({"b": {1, 2}, 3: (4,)}, {"b": [1, 2], "3": [4]}),
        ({None: 1, True: 2, (1, "a"): 3}, {"null": 1, "true": 2, '[1, "a"]': 3}),
        ([Point(1)], [{"x": 1, "color": "red"}]),
        (
            Person(name="Ada", born=datetime.date(1815, 12, 10)),
            {"name": "Ada", "born": "1815-12-10"},
        ),
        (Named(1, [2]), {"a": 1, "b": [2]}),
        (set("qwertzuiop"), sorted("qwertzuiop")),
        (Rows(), [[1, 2], [3, 4]]),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        ({"k": 1}.keys(), ["k"]),
    ],
)
async def test_values(value: Any, json_value: Any) -> None:
    assert to_json(value) == json_value
    result = await ToolRegistry([give(value)]).call("give", {})
    if not isinstance(json_value, str):
        assert result.fields().get("value") == json_value
        assert json.loads(result.content) == json_value


def endless() -> list[Any]:
    one: list[Any] = []
    one += [one, one]
    return one


class Broken:
    def __str__(self) -> str:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object(), "object has no form in JSON"),
        (Point, "type has no form in JSON"),
        (iter([1]), "list_iterator has no form in JSON"),
        (print, "no form in JSON"),
        (endless(), "nested more than 64 levels deep, or contains itself"),
        ([[0] * 1000] * 1000, "more than 200,000 parts"),
        (10**2000, "too many digits"),
        (Broken(), "ZeroDivisionError"),
    ],
)
async def test_what_nobody_could_read_is_said(value: Any, words: str) -> None:
    result = await ToolRegistry([give(value)]).call("give", {})
    assert (result.ok, result.error) == (False, "permanent")
    assert words in result.content


async def test_a_coroutine_that_a_tool_forgot_to_await_is_no_result() -> None:
    async def look() -> str:
        return "sunny"

    async def forecast() -> Any:
        return look()

    result = await ToolRegistry([forecast]).call("forecast", {})
    assert (result.ok, result.error) == (False, "permanent")
    assert result.content.endswith("it is a coroutine that was not awaited.")


def give(value: Any) -> Any:
    async def give() -> Any:
        return value

    return give


async def test_long_results_are_cut_and_say_so() -> None:
    result = await ToolRegistry([give("x" * 100_000)]).call("give", {})
    assert len(result.content) < 32_100
    assert result.content.endswith("[cut off: the first 32,000 of 100,000 characters]")
    result = await ToolRegistry([give(["x" * 100_000])]).call("give", {})
    assert len(result.content) < 32_100
    assert "value" not in result.fields()


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.dictionaries(st.text() | st.integers() | st.floats() | st.dates(), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(ANYTHING)
def test_it_is_always_json_that_can_be_written(value: Any) -> None:
    made = to_json(value)
    text = json.dumps(made, allow_nan=False, ensure_ascii=False)
    assert json.loads(text.encode("utf-8")) == made
