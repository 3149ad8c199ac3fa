"""What a model gives a tool: taken as the types of the signature, or refused in words."""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import json
import math
import typing
import uuid
from pathlib import Path
from typing import Annotated, Any, Literal

import jsonschema
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_runtime.json_value import JsonValue
from agent_runtime.tools import ToolDefinitionError, ToolRegistry, to_json


class Unit(enum.Enum):
    KILO = "kg"
    POUND = "lb"


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.0


@dataclasses.dataclass
class Even:
    number: int

    def __post_init__(self) -> None:
        if self.number % 2:
            raise RuntimeError(f"{self.number} is odd")


class Row(typing.TypedDict):
    key: str
    note: typing.NotRequired[str]


@dataclasses.dataclass
class Tree:
    name: str
    children: list[Tree] = dataclasses.field(default_factory=list)


class Person(pydantic.BaseModel):
    name: str
    age: Annotated[int, pydantic.Field(ge=0)] = 0


def weigh(
    what: str,
    limit: int = 10,
    unit: Unit = Unit.KILO,
    at: Point | None = None,
    when: datetime.datetime | None = None,
    mode: Literal["fast", "slow"] = "fast",
    tags: collections.abc.Iterable[str] = (),
    either: int | list[str] = 1,
    place: Point | Unit = Unit.KILO,
    cost: decimal.Decimal = decimal.Decimal("1.5"),
    even: Even | None = None,
    row: Row | None = None,
    only: Literal["x"] = "x",
) -> str:
    return "weighed"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, '"what" is missing.'),
        ({"waht": "x"}, '"what" is missing. There is no argument "waht"; did you mean "what"?'),
        ({"what": 5}, '"what" must be text, not 5.'),
        ({"limit": "many"}, '"limit" must be a whole number, not the text "many".'),
        ({"limit": True}, '"limit" must be a whole number, not true.'),
        ({"limit": 1.5}, '"limit" must be a whole number, not 1.5.'),
        ({"LIMIT": 1}, 'There is no argument "LIMIT"; did you mean "limit"?'),
        ({"zzzz": 1}, 'There is no argument "zzzz"; there are: what, limit, unit,'),
        ({"unit": "KG"}, 'must be one of "kg", "lb", not the text "KG". Did you mean "kg"?'),
        ({"at": {"x": "a"}}, '"at.x" must be a whole number, not the text "a".'),
        ({"at": {"x": 1, "z": 2}}, 'There is no argument "at.z"; there are: x, y.'),
        ({"at": [1]}, '"at" must be an object or null, not a list.'),
        ({"when": "tomorrow"}, "\"when\" does not fit: Invalid isoformat string: 'tomorrow'."),
        ({"mode": "fsat"}, 'Did you mean "fast"?'),
        ({"tags": ["a", 1]}, '"tags.1" must be text, not 1.'),
        ({"either": "x"}, '"either" must be a whole number or a list, not the text "x".'),
        ({"either": ["x", 1]}, '"either.1" must be text, not 1.'),
        ({"place": {"y": 1}}, '"place.x" is missing.'),
        ({"place": "kq"}, '"place" must be one of "kg", "lb"'),
        ({"cost": "abc"}, '"cost" does not fit (as decimal).'),
        ({"even": {"number": 3}}, '"even" does not fit'),
        ({"row": {"note": "n"}}, '"row.key" is missing.'),
        ({"only": "y"}, '"only" must be "x", not the text "y".'),
        ({"what": "x" * 10_000, "limit": "y" * 10_000}, '"limit" must be a whole number'),
    ],
)
async def test_what_does_not_fit_is_named(arguments: dict[str, Any], words: str) -> None:
    registry = ToolRegistry([weigh])
    good = {} if words.startswith('"what"') else {"what": "tea"}
    result = await registry.call("weigh", good | arguments)
    assert (result.ok, result.error) == (False, "malformed")
    assert words in result.content
    assert "weigh takes what (text), limit (a whole number, optional)" in result.content
    assert "at (an object of x, y or null, optional)" in result.content
    assert len(result.content) < 1_500


async def test_all_faults_at_once_but_not_without_end() -> None:
    given = {f"a{number}": 1 for number in range(1000)} | {"limit": "x"}
    content = (await ToolRegistry([weigh]).call("weigh", given)).content
    assert 3 <= content.count('"; ') + content.count("is missing") <= 6


async def test_nesting_without_end_is_a_message() -> None:
    def plant(tree: Tree) -> str:
        return tree.name

    deep: dict[str, Any] = {"name": "leaf"}
    for _ in range(20_000):
        deep = {"name": "branch", "children": [deep]}
    registry = ToolRegistry()
    registry.add(plant)
    result = await registry.call("plant", {"tree": deep})
    assert result.error == "malformed"
    assert "nested too deeply" in result.content
    few: dict[str, Any] = {"name": "oak", "children": [{"name": "twig", "children": []}]}
    assert (await registry.call("plant", {"tree": few})).content == "oak"


def of(annotation: Any, values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, Any]]:
    return st.tuples(st.just(annotation), values)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
POINTS = st.builds(Point, st.integers(), FLOATS)
TYPED = st.one_of(
    of(int, st.integers(-(2**200), 2**200)),
    of(float, FLOATS),
    of(str, TEXTS),
    of(bool, st.booleans()),
    of(int | None, st.none() | st.integers()),
    of(str | int, TEXTS | st.integers()),
    of(datetime.datetime, st.datetimes() | st.datetimes(timezones=st.just(datetime.UTC))),
    of(datetime.date, st.dates()),
    of(datetime.time, st.times()),
    of(decimal.Decimal, st.decimals(allow_nan=False)),
    of(uuid.UUID, st.uuids()),
    of(Path, st.just(Path("a/b"))),
    of(Unit, st.sampled_from(Unit)),
    of(Literal["a", 1], st.sampled_from(["a", 1])),
    of(list[int], st.lists(st.integers())),
    of(set[str], st.sets(TEXTS)),
    of(tuple[int, str], st.tuples(st.integers(), TEXTS)),
    of(tuple[int, ...], st.lists(st.integers()).map(tuple)),
    of(dict[str, bool], st.dictionaries(TEXTS, st.booleans())),
    of(dict[int, bool], st.dictionaries(st.integers(), st.booleans())),
    of(dict[datetime.date, str], st.dictionaries(st.dates(), TEXTS)),
    of(dict[Unit, int], st.dictionaries(st.sampled_from(Unit), st.integers())),
    of(Point, POINTS),
    of(list[Point] | None, st.none() | st.lists(POINTS)),
    of(Person, st.builds(Person, name=TEXTS, age=st.integers(0, 200))),
    of(dict[str, Person], st.dictionaries(TEXTS, st.builds(Person, name=TEXTS))),
    of(Annotated[int, pydantic.Field(ge=3)], st.integers(3, 9)),
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100)
@given(TYPED)
async def test_a_value_arrives_as_it_was(typed: tuple[Any, Any]) -> None:
    annotation, value = typed
    got: list[Any] = []

    async def take(value: Any) -> None:
        got.append(value)

    take.__annotations__["value"] = annotation
    registry = ToolRegistry([take])
    result = await registry.call("take", {"value": to_json(value)})
    assert result.ok, result.content
    assert got == [value]
    assert type(got[0]) is type(value)


@settings(max_examples=60)
@given(TYPED, JSON)
async def test_any_json_is_taken_or_refused(typed: tuple[Any, Any], arguments: Any) -> None:
    annotation, default = typed

    async def take(value: Any = default, /, *, other: Any = None, **more: int) -> str:
        return "taken"

    take.__annotations__["value"] = annotation
    registry = ToolRegistry([take])
    tool = registry.get("take")
    assert tool is not None
    schema: Any = tool.input_schema
    jsonschema.Draft202012Validator.check_schema(schema)
    for given_ in (arguments, {"value": arguments}, {"more": arguments, "other": arguments}):
        result = await registry.call("take", given_)
        assert result.error in (None, "malformed")
        assert result.content == "taken" or "take takes value (" in result.content


@dataclasses.dataclass
class Couple:
    first: Person
    second: Person | None = None


async def test_a_dataclass_may_hold_models() -> None:
    def marry(couple: Couple) -> str:
        return f"{couple.first.name} {couple.second}"

    registry = ToolRegistry([marry])
    result = await registry.call("marry", {"couple": {"first": {"name": "Ada"}}})
    assert result.content == "Ada None"
    result = await registry.call("marry", {"couple": {"first": {}}})
    assert '"couple" does not fit: first.name: Field required.' in result.content


async def test_pydantic_models_check_themselves() -> None:
    def greet(person: Person, others: list[Person], at_least: int = 1) -> str:
        """Greet.

        Args:
            person: Whom first.
        """
        return ", ".join(one.name for one in [person, *others])

    registry = ToolRegistry([greet])
    schema: Any = registry.descriptions()[0].input_schema
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["person"]["description"] == "Whom first."
    validator = jsonschema.Draft202012Validator(schema)
    fits: dict[str, Any] = {"person": {"name": "Ada"}, "others": [{"name": "Bo", "age": 3}]}
    assert validator.is_valid(fits)
    assert not validator.is_valid({"person": {}, "others": []})
    assert (await registry.call("greet", fits)).content == "Ada, Bo"
    fits["person"] = {"age": -1}
    result = await registry.call("greet", fits)
    assert result.error == "malformed"
    assert '"person" does not fit: name: Field required; age: Input should be' in result.content
    assert "http" not in result.content


async def test_further_arguments_go_where_the_function_takes_them() -> None:
    def tag(name: str, **tags: int) -> dict[str, Any]:
        return {"name": name, **tags}

    registry = ToolRegistry([tag])
    assert (await registry.call("tag", {"name": "a", "x": 1})).value == {"name": "a", "x": 1}
    result = await registry.call("tag", {"name": "a", "x": "1"})
    assert '"x" must be a whole number, not the text "1".' in result.content


async def test_positional_defaults_stay() -> None:
    def span(start: int = 1, end: int = 5, /, step: int = 2) -> list[int]:
        return [start, end, step]

    assert (await ToolRegistry([span]).call("span", {"end": 9})).value == [1, 9, 2]


def test_a_description_beside_the_type() -> None:
    def find(query: Annotated[str, "what to look for"], top: float = math.inf) -> None: ...

    schema: Any = ToolRegistry([find]).descriptions()[0].input_schema
    assert schema["properties"]["query"] == {"type": "string", "description": "what to look for"}


async def test_any_json_is_a_type() -> None:
    def keep(value: JsonValue, more: dict[str, JsonValue], last: object = None) -> Any:
        return [value, more, last]

    given: Any = {"value": {"a": [1, None]}, "more": {"b": [True]}, "last": "x"}
    result = await ToolRegistry([keep]).call("keep", given)
    assert result.value == [{"a": [1, None]}, {"b": [True]}, "x"]


@dataclasses.dataclass
class Named:
    propertyNames: dict[int, str]  # noqa: N815 - as in JSON Schema
    type: str = "object"


async def test_names_that_json_schema_has_too() -> None:
    def take(named: Named, enum: int, default: dict[str, int]) -> Any:
        return [named, enum, default]

    given: Any = {"named": {"propertyNames": {"1": "x"}}, "enum": 1, "default": {"type": 2}}
    result = await ToolRegistry([take]).call("take", given)
    assert result.value == [{"propertyNames": {"1": "x"}, "type": "object"}, 1, {"type": 2}]
    given["named"]["propertyNames"] = 3
    result = await ToolRegistry([take]).call("take", given)
    assert '"named.propertyNames" must be an object, not 3.' in result.content


@pytest.mark.parametrize(
    "annotation",
    [
        *(5, 1.5, ..., [int], (int, str), {"a": int}, "no type", NotImplemented, len),
        *(collections.abc.Callable, collections.abc.Callable[[int], str], type[int], complex),
        *(
            typing.ClassVar[int],
            typing.NoReturn,
            typing.Union,
            Literal,
            Exception,
            typing.ParamSpec,
        ),
        *(
            typing.Self,
            collections.abc.Iterator[int],
            collections.abc.Hashable,
            range,
            typing.Generic,
        ),
    ],
)
def test_what_is_no_type_of_values_in_json(annotation: Any) -> None:
    def take(value: Any) -> None: ...

    take.__annotations__["value"] = annotation
    with pytest.raises(ToolDefinitionError, match=r"The tool take (takes value as|has an annot)"):
        ToolRegistry([take])


def test_types_that_are_known_to_checkers_only() -> None:
    def late(value: Missing) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(ToolDefinitionError, match=r"name 'Missing' is not defined.*at the top"):
        ToolRegistry([late])


def test_what_is_returned_need_not_be_known() -> None:
    def late(value: int) -> Missing: ...  # type: ignore[name-defined]  # noqa: F821

    assert ToolRegistry([late]).names == ["late"]


@pytest.mark.parametrize("given", ["aGk=", "aG\nk=\n", ""])
async def test_bytes_come_as_base64(given: str) -> None:
    def keep(data: bytes, others: list[bytearray]) -> list[str]:
        return [bytes(one).hex() for one in (data, *others)]

    result = await ToolRegistry([keep]).call("keep", {"data": given, "others": [given]})
    assert result.value == ["6869" if given else ""] * 2


@pytest.mark.parametrize("given", ["%%%", "hello world", "aGk"])
async def test_what_is_no_base64_is_not_made_bytes(given: str) -> None:
    def keep(data: bytes) -> int:
        return len(data)

    result = await ToolRegistry([keep]).call("keep", {"data": given})
    assert result.error == "malformed"
    assert result.content.startswith('"data" does not fit (as base64): ')


async def test_what_a_tool_does_to_its_arguments_stays_there() -> None:
    def spoil(any_: dict[str, Any], more: Any) -> None:
        any_["inner"]["key"] = "spoilt"
        more.clear()

    given: dict[str, Any] = {"any_": {"inner": {"key": "good"}}, "more": [1]}
    assert (await ToolRegistry([spoil]).call("spoil", given)).ok
    assert given == {"any_": {"inner": {"key": "good"}}, "more": [1]}


class Odd(enum.Enum):
    PAIR = (1, 2)
    LIMIT = math.inf


@dataclasses.dataclass
class Bounds:
    top: float = math.inf
    kind: Odd = Odd.PAIR


async def test_what_json_cannot_say_is_in_no_schema() -> None:
    def take(bounds: Bounds, odd: Odd = Odd.LIMIT) -> str:
        return f"{bounds.top} {odd.name}"

    registry = ToolRegistry([take])
    text = json.dumps(registry.descriptions()[0].input_schema, allow_nan=False)
    assert '"enum": [[1, 2], "inf"]' in text
    assert (await registry.call("take", {"bounds": {}})).content == "inf LIMIT"


def test_defaults_are_shown_as_they_would_be_given() -> None:
    def wait(
        most: datetime.timedelta = datetime.timedelta(minutes=1),
        day: datetime.date = None,  # type: ignore[assignment]  # noqa: RUF013 - as many write it
        data: bytes = b"hi",
    ) -> None: ...

    schema: Any = ToolRegistry([wait]).descriptions()[0].input_schema
    defaults = [one["default"] for one in schema["properties"].values()]
    assert defaults == [60, None, "aGk=\n"]


class Order(typing.TypedDict, total=False):
    item: typing.Required[str]
    count: int


class Gift(Order):
    to: str
    words: Annotated[typing.NotRequired[str], "on the card"]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({}, '"gift.item" is missing. "gift.to" is missing.'),
        ({"item": "tea"}, '"gift.to" is missing.'),
        ({"item": "tea", "to": "Ada"}, None),
        ({"item": "tea", "to": "Ada", "words": "Hello", "count": 2}, None),
    ],
)
async def test_what_a_typed_dict_says_is_required_is(order: dict[str, Any], words: str) -> None:
    def send(gift: Gift) -> list[str]:
        return sorted(gift)

    result = await ToolRegistry([send]).call("send", {"gift": order})

    if words is None:
        assert result.value == sorted(order)
    else:
        assert result.error == "malformed"
        assert result.content.startswith(words)
