"""A registry from outside: functions go in, results come out."""

from __future__ import annotations

import asyncio
import contextvars
import dataclasses
import datetime
import enum
import functools
import threading
from typing import Any, cast

import jsonschema
import pytest

from agent_runtime.orchestrator import BreakerRules
from agent_runtime.tools import ToolDefinitionError, ToolError, ToolRegistry, tool


class Unit(enum.Enum):
    CELSIUS = "celsius"
    FAHRENHEIT = "fahrenheit"


@dataclasses.dataclass
class Place:
    city: str
    country: str = "CH"


def forecast(place: Place, day: datetime.date, unit: Unit = Unit.CELSIUS) -> str:
    """The weather of a day.

    Long before, it is a guess.

    Args:
        place: Where.
        day: When,
            local time.
    """
    return f"{place.city} {place.country} {day:%d.%m.%Y} {unit.name}"


async def test_arguments_arrive_as_the_types_of_the_signature() -> None:
    registry = ToolRegistry([forecast])
    result = await registry.call(
        "forecast", {"place": {"city": "Bern"}, "day": "2026-03-01", "unit": "fahrenheit"}
    )
    assert result.content == "Bern CH 01.03.2026 FAHRENHEIT"
    assert result.ok
    assert result.error is None
    assert result.fields().get("value") is None


def test_the_schema_says_what_signature_and_docstring_say() -> None:
    described = ToolRegistry([forecast]).descriptions()[0]
    assert described.name == "forecast"
    assert described.description == "The weather of a day.\n\nLong before, it is a guess."
    schema: Any = described.input_schema
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["required"] == ["place", "day"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["day"] == {
        "type": "string",
        "format": "date",
        "description": "When, local time.",
    }
    assert schema["properties"]["unit"] == {
        "enum": ["celsius", "fahrenheit"],
        "default": "celsius",
    }
    assert schema["properties"]["place"]["required"] == ["city"]


async def test_async_tools_run_in_the_loop_and_others_in_a_thread_with_the_context() -> None:
    who = contextvars.ContextVar("who", default="nobody")
    who.set("ada")

    def blocking() -> list[str]:
        return [who.get(), str(threading.current_thread() is threading.main_thread())]

    async def waiting() -> list[str]:
        await asyncio.sleep(0)
        return [who.get(), str(threading.current_thread() is threading.main_thread())]

    registry = ToolRegistry([blocking, waiting])
    assert (await registry.call("blocking", {})).value == ["ada", "False"]
    assert (await registry.call("waiting", {})).value == ["ada", "True"]


class Shop:
    def __init__(self, name: str) -> None:
        self.name = name

    @tool(name="price", description="What it costs.", repeatable=True)
    async def look_up(self, item: str, /, amount: int = 1) -> str:
        return f"{self.name}: {amount} {item}"

    def __call__(self, item: str) -> str:
        return f"{self.name} sells {item}"


def plain(item: str) -> Any:
    return Shop("later").look_up(item)


async def test_whatever_can_be_called_is_a_tool() -> None:
    registry = ToolRegistry([Shop("east").look_up])
    registry.add(Shop("west").look_up, name="price_west")
    registry.add(Shop("north"), name="north")
    registry.add(functools.partial(Shop("south").look_up, amount=3), name="south")
    registry.add(plain)
    registry.add(abs, name="absolute", description="Without its sign.")
    price = registry.get("price")
    assert price is not None
    assert price.repeatable
    assert price.description == "What it costs."
    expected = {
        "price": "east: 1 tea",
        "price_west": "west: 1 tea",
        "north": "north sells tea",
        "south": "south: 3 tea",
        "plain": "later: 1 tea",
    }
    given = {name: await registry.call(name, {"item": "tea"}) for name in expected}
    assert {name: result.content for name, result in given.items()} == expected
    assert (await registry.call("absolute", {"x": -3})).value == 3
    assert registry.names == ["price", "price_west", "north", "south", "plain", "absolute"]


class Described:
    """About the class."""

    def __call__(self, item: str) -> str:
        """About the call.

        :param item: What it is about.
        """
        return item


class OnlyTheClass:
    """About the class.

    Parameters
    ----------
    size : int
        How large.
    """

    def __call__(self, size: int) -> int:
        return size


class Nothing:
    def __call__(self, size: int) -> int:
        return size


@pytest.mark.parametrize(
    ("function", "description", "parameter"),
    [
        (Described(), "About the call.", "What it is about."),
        (functools.partial(Described().__call__), "About the call.", "What it is about."),
        (OnlyTheClass(), "About the class.", "How large."),
        (Nothing(), "", None),
        (functools.partial(Nothing()), "", None),
        (abs, "Return the absolute value of the argument.", None),
    ],
)
def test_the_description_is_what_somebody_wrote(
    function: Any, description: str, parameter: str | None
) -> None:
    tool = ToolRegistry().add(function, name="described")
    assert tool.description == description
    assert [
        one.get("description") for one in cast("Any", tool.input_schema)["properties"].values()
    ] == [parameter]


async def test_a_marked_function_stays_a_function() -> None:
    registry = ToolRegistry()

    @registry.tool(name="twice", description="2x")
    def double(x: int) -> int:
        return 2 * x

    @registry.tool
    def half(x: int) -> float:
        return x / 2

    assert (double(4), half(3)) == (8, 1.5)
    assert (await registry.call("twice", {"x": 4})).value == 8
    assert (await registry.call("half", {"x": 3})).content == "1.5"


async def test_a_tool_that_is_not_there() -> None:
    registry = ToolRegistry([forecast])
    result = await registry.call("forcast", {})
    assert (result.ok, result.error) == (False, "not_found")
    assert "Did you mean forecast?" in result.content
    assert "none at all" in (await ToolRegistry().call("x", {})).content


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (ToolError("no such order"), "permanent", "no such order"),
        (ToolError("the shop is closed", transient=True), "transient", "the shop is closed"),
        (ValueError("bad"), "permanent", "ValueError: bad"),
        (ConnectionResetError("gone"), "transient", "ConnectionResetError: gone"),
        (TimeoutError(), "transient", "TimeoutError"),
        (StopAsyncIteration(), "permanent", "It raised StopAsyncIteration."),
        (SystemExit(3), "permanent", "It raised SystemExit."),
        (asyncio.CancelledError(), "transient", "What it waited for was cancelled."),
    ],
)
async def test_what_a_tool_raises_is_a_result(error: BaseException, kind: str, text: str) -> None:
    def blocking() -> None:
        raise error

    async def waiting() -> None:
        raise error

    for registry in (ToolRegistry([blocking]), ToolRegistry([waiting])):
        result = await asyncio.wait_for(registry.call(registry.names[0], {}), 10)
        assert (result.ok, result.error, result.content) == (False, kind, text)


async def test_the_end_of_an_iteration_stops_nobody() -> None:
    def first() -> int:
        return next(iter(()))

    result = await asyncio.wait_for(ToolRegistry([first]).call("first", {}), 10)
    assert (result.error, result.content) == ("permanent", "It raised StopIteration.")


def yields() -> Any:
    yield 1


def takes_many(*values: int) -> None: ...


def takes_a_file(file: threading.Lock) -> None: ...


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda: 1, "'<lambda>' is no name"),
        (yields, "returns one result"),
        (takes_many, "take a list instead"),
        ([yields], r"not list: give functions one by one, as in with_tools\(\*functions\)"),
        ("search", "A tool is a function, not str.$"),
        (takes_a_file, "takes_a_file takes file as"),
        (Shop.look_up, r"a method of Shop, without an object: .* as in Shop\(\).look_up"),
    ],
)
def test_what_cannot_be_a_tool_is_refused_with_the_reason(function: Any, words: str) -> None:
    with pytest.raises(ToolDefinitionError, match=words):
        ToolRegistry([function])


def test_two_tools_of_one_name() -> None:
    registry = ToolRegistry([forecast])
    with pytest.raises(ToolDefinitionError, match="two tools with the name forecast"):
        registry.include(ToolRegistry([forecast]))
    registry.include(registry)
    assert len(registry) == 1


async def test_what_is_said_last_holds() -> None:
    """The registry's defaults, then what the function says, then what `add` is told."""

    class OwnError(Exception):
        pass

    class OtherError(Exception):
        pass

    @tool(name="marked", description="marked", repeatable=True, time_limit=2, transient=(OwnError,))
    async def function(which: bool) -> None:
        raise OwnError if which else OtherError

    async def bare() -> None: ...

    registry = ToolRegistry(time_limit=1, breaker=False)
    plain, marked = registry.add(bare), registry.add(function)
    told = registry.add(
        function,
        name="told",
        description="",
        repeatable=False,
        time_limit=3,
        breaker=BreakerRules(7, 8.0, 9.0),
        transient=(OtherError,),
    )
    assert [one.time_limit for one in (plain, marked, told)] == [1, 2, 3]
    assert [one.repeatable for one in (plain, marked, told)] == [False, True, False]
    assert [one.description for one in (plain, marked, told)] == ["", "marked", ""]
    assert [one.breaker is None for one in (plain, marked, told)] == [True, True, False]
    assert told.breaker is not None
    assert told.breaker.rules == BreakerRules(7, 8.0, 9.0)
    assert (await marked.call({"which": True})).error == "transient"
    assert (await marked.call({"which": False})).error == "permanent"
    assert (await told.call({"which": True})).error == "transient"
    assert (await told.call({"which": False})).error == "transient"


@pytest.mark.parametrize("limit", [0, -1, float("nan"), float("inf")])
def test_a_limit_that_makes_no_sense(limit: float) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        ToolRegistry([forecast], time_limit=limit)


def test_what_takes_no_mark() -> None:
    with pytest.raises(ToolDefinitionError, match=r"give it to ToolRegistry\.add"):
        tool(name="absolute")(abs)
