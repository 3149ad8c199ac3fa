"""Tools and their types made inside of functions, in a module with postponed annotations."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from typing import NamedTuple, NotRequired, TypedDict

import pytest

from agent_runtime import AgentConfig, AgentRuntime, ScriptedModel
from agent_runtime.json_value import JsonValue
from agent_runtime.tools import ToolDefinitionError, ToolRegistry, tool


async def test_a_type_of_the_function_around_is_known() -> None:
    @dataclasses.dataclass
    class Point:
        x: int

    class Color(enum.Enum):
        RED = "red"

    tools = ToolRegistry()

    @tools.tool
    def paint(at: Point, color: Color | None = None) -> str:
        return f"{type(at).__name__} {at.x} {color}"

    class Brush:
        def wipe(self, points: list[Point]) -> int:
            return points[0].x

    tools.add(Brush().wipe)

    painted = await tools.call("paint", {"at": {"x": 3}, "color": "red"})
    assert painted.content == "Point 3 Color.RED"
    assert (await tools.call("paint", {"at": {"x": "3"}})).error == "malformed"
    assert (await tools.call("wipe", {"points": [{"x": 4}]})).value == 4


def test_so_it_is_for_a_runtime_that_is_built_in_the_function() -> None:
    @dataclasses.dataclass
    class Point:
        x: int

    def double(point: Point) -> int:
        return 2 * point.x

    model = ScriptedModel(
        ['Action: double\nAction Input: {"point": {"x": 4}}', "FINAL_ANSWER: eight"]
    )
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="local"))
        .with_model(model)
        .with_tools(double)
        .build()
    )
    observed = [event for event in runtime.stream("?") if event["type"] == "observation"]
    assert [(one["ok"], one["content"]) for one in observed] == [(True, "8")]


def made(mark: Callable[[Callable[..., object]], Callable[..., object]]) -> Callable[..., object]:
    @dataclasses.dataclass
    class Point:
        x: int

    @mark
    def double(point: Point) -> int:
        return 2 * point.x

    return double


async def test_the_mark_of_a_tool_keeps_what_its_function_knew() -> None:
    tools = ToolRegistry([made(tool)])
    assert (await tools.call("double", {"point": {"x": 4}})).value == 8


def test_what_nobody_knows_any_more_is_refused_with_what_to_do() -> None:
    with pytest.raises(ToolDefinitionError, match=r"name 'Point' is not defined.*mark .* @tool"):
        ToolRegistry([made(lambda function: function)])


def lines() -> ToolRegistry:
    """Tools whose types are all gone from the names that anybody knows when it returns."""

    @dataclasses.dataclass
    class Point:
        x: int
        color: Color = dataclasses.field(default_factory=lambda: Color.RED)

    class Color(enum.Enum):
        RED = "red"

    @dataclasses.dataclass
    class Line:
        end: Point
        more: list[Point] | None = None

    @dataclasses.dataclass
    class Arrow(Line):
        tip: Tip | None = None

    class Tip(TypedDict):
        at: NotRequired[Point]

    class Pair(NamedTuple):
        one: Point
        two: Point

    tools = ToolRegistry()

    @tools.tool
    def draw(lines: dict[str, Line]) -> object:
        return lines

    @tools.tool
    def shoot(arrow: Arrow) -> object:
        return type(arrow.end) is Point and arrow

    @tools.tool
    def join(pair: Pair) -> str:
        return f"{pair.one.x}-{pair.two.x}"

    return tools


async def test_a_local_type_may_be_made_of_local_types() -> None:
    tools = lines()
    drawn = await tools.call("draw", {"lines": {"a": {"end": {"x": 1}, "more": [{"x": 2}]}}})
    points = [{"x": number, "color": "red"} for number in (1, 2)]
    assert drawn.value == {"a": {"end": points[0], "more": points[1:]}}
    shot = await tools.call("shoot", {"arrow": {"end": {"x": 1}, "tip": {"at": {"x": 2}}}})
    assert shot.value == {"end": points[0], "more": None, "tip": {"at": points[1]}}
    assert (await tools.call("shoot", {"arrow": {"end": {"x": 1}, "tip": {}}})).ok
    assert (await tools.call("join", {"pair": [{"x": 1}, {"x": 2}]})).content == "1-2"
    wrong = await tools.call("draw", {"lines": {"a": {"end": {"x": "1"}}}})
    assert wrong.error == "malformed"


def nested() -> ToolRegistry:
    """A local class in a local one; both have fields of a further local type."""

    class Color(enum.Enum):
        RED = "red"

    @dataclasses.dataclass
    class Table:
        @dataclasses.dataclass
        class Row:
            color: Color

        rows: list[Row]
        color: Color | None = None

    tools = ToolRegistry()

    @tools.tool
    def first(table: Table) -> str:
        row = table.rows[0]
        return f"{type(row) is Table.Row} {row.color}"

    @tools.tool
    def second(row: Table.Row) -> str:
        return f"{row.color}"

    return tools


async def test_a_local_class_may_stand_in_a_local_one() -> None:
    tools = nested()
    row: JsonValue = {"color": "red"}
    assert (await tools.call("first", {"table": {"rows": [row]}})).content == "True Color.RED"
    assert (await tools.call("second", {"row": row})).content == "Color.RED"
    wrong = await tools.call("first", {"table": {"rows": [{"color": "green"}]}})
    assert wrong.error == "malformed"


def made_elsewhere() -> type:
    @dataclasses.dataclass
    class Point:
        x: int

    @dataclasses.dataclass
    class Line:
        end: Point

    return Line


def test_what_another_function_has_forgotten_is_refused_by_name() -> None:
    Line = made_elsewhere()  # noqa: N806 - a class

    @dataclasses.dataclass
    class Point:  # of the same name, and another one
        y: int

    def draw(line: Line) -> None: ...  # type: ignore[valid-type]  # it is one when this runs

    assert Point(1).y == 1
    with pytest.raises(ToolDefinitionError, match="nobody knows what Point is"):
        ToolRegistry([draw])


def test_a_local_name_goes_before_that_of_the_module() -> None:
    @dataclasses.dataclass
    class Shape:
        sides: int

    def draw(shape: Shape) -> int:
        return shape.sides

    schema = ToolRegistry().add(draw).input_schema
    assert "sides" in str(schema)
    assert "radius" not in str(schema)


@dataclasses.dataclass
class Shape:
    radius: float
