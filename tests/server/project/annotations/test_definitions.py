"""Classes of the project, wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
HEAD = """\
import abc, attr, collections, enum
from dataclasses import dataclass
from typing import NamedTuple, TypedDict
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings
from somewhere import Base, decorate, dataclass_like
"""


def test_a_model_becomes_an_object_with_a_name(read: Any) -> None:
    found = read(
        "User",
        HEAD
        + '''
class User(BaseModel):
    """Someone.

    With a home.
    """
    name: str = Field(alias="fullName", description="first and last", min_length=1)
    age: int = 3
    """in years"""
    tags: list[str] = Field(default_factory=list)
''',
    )
    assert found == {
        "title": "User",
        "description": "Someone.\n\nWith a home.",
        "type": "object",
        "properties": {
            "fullName": {**STRING, "minLength": 1, "description": "first and last"},
            "age": {**INTEGER, "default": 3, "description": "in years"},
            "tags": {"type": "array", "items": STRING, "default": []},
        },
        "required": ["fullName"],
    }


def test_types_that_hold_themselves_are_named_once(read: Any) -> None:
    found = read("Node", HEAD + "class Node(TypedDict):\n    value: int\n    next: 'Node | None'\n")
    node = {
        "title": "Node",
        "type": "object",
        "properties": {
            "value": INTEGER,
            "next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]},
        },
        "required": ["value", "next"],
    }
    assert found == {**node, "$defs": {"Node": node}}


SHARED = """
from __future__ import annotations
from dataclasses import dataclass
from enum import Enum
from .shades import Shade as Tone

@dataclass
class Paint:
    tone: Tone
    layers: int = 1
"""
SHADES = "from enum import Enum\nclass Shade(Enum):\n    DARK = 'd'\n    LIGHT = 'l'\n"
PAINT = {
    "title": "Paint",
    "type": "object",
    "properties": {
        "tone": {"title": "Shade", "enum": ["d", "l"]},
        "layers": {**INTEGER, "default": 1},
    },
    "required": ["tone"],
}


@pytest.mark.parametrize(
    ("source", "annotation"),
    [
        ("from shared.paints import Paint", "Paint"),
        ("import shared.paints", "shared.paints.Paint"),
        ("import shared.paints as p", "p.Paint"),
        ("from shared import paints", "paints.Paint"),
        ("from shared import Colour", "Colour"),
        ("from shared.paints import *", "Paint"),
        ("from . import shared", "shared.paints.Paint"),
        ("import typing\nif typing.TYPE_CHECKING:\n    from shared.paints import Paint", "'Paint'"),
    ],
)
def test_classes_of_other_files_are_found(read: Any, source: str, annotation: str) -> None:
    files = {
        "shared__INIT": "from .paints import Paint as Colour\n",
        "shared__paints": SHARED,
        "shared__shades": SHADES,
    }
    assert read(annotation, source, **files) == PAINT


def test_equal_names_of_different_files_stay_apart(read: Any) -> None:
    one = "from typing import TypedDict\nclass User(TypedDict):\n    a: int\n"
    found = read(
        "tuple[User, Other]",
        "from one import User\nfrom two import User as Other",
        one=one,
        two=one.replace("a: int", "b: str"),
    )
    first, second = found["prefixItems"]
    assert (first["$ref"], second["$ref"]) == ("#/$defs/User", "#/$defs/User2")
    assert list(found["$defs"]["User2"]["properties"]) == ["b"]


@pytest.mark.parametrize(
    "definition",
    [
        "class X: ...",
        "class X(Base):\n    a: int",
        "class X(BaseSettings):\n    a: int",
        "class X(Base, BaseModel):\n    a: int",
        "@decorate\nclass X(BaseModel):\n    a: int",
        "@dataclass_like\nclass X:\n    a: int",
        "@dataclass(init=False)\nclass X:\n    a: int",
        "@dataclass\nclass X:\n    a: int\n    def __init__(self, b): ...",
        "@attr.define\nclass X:\n    a: int",
        "class X(enum.Enum):\n    A = object()",
        "class X(enum.Enum):\n    A = 1\n    for i in range(3):\n        locals()[f'B{i}'] = i",
        "class X(enum.Enum):\n    def _generate_next_value_(*a): return 'x'\n    A = enum.auto()",
        "class X(str, enum.Enum):\n    A = 'a', 'utf-8'\n    def __new__(cls, *a): ...",
        "X = collections.namedtuple('X', NAMES)",
        "X = enum.Enum('X', NAMES)",
        "X = make()",
        "def X(): ...",
        "X = X",
        "if abc:\n    class X(BaseModel):\n        a: int\nelse:\n    X = int",
        "class X(X): ...",
        "class X(BaseModel):\n    a: int\nclass X(Base): ...",
    ],
)  # fmt: skip
def test_what_is_made_at_run_time_takes_anything(read: Any, definition: str) -> None:
    assert read("X", HEAD + definition) == {}


@pytest.mark.parametrize(
    ("definition", "schema"),
    [
        ("class X(enum.IntEnum):\n    A = compute()", INTEGER),
        ("class X(str, enum.Enum):\n    A = compute()", STRING),
        ("class X(enum.StrEnum):\n    ONE_TWO = enum.auto()", {"enum": ["one_two"]}),
        ("class X(enum.Flag):\n    A = 1", INTEGER),
        ("class X(enum.Enum):\n    A = 1\n    _B = 2\n    C: int = 3", {"enum": [1, 2, 3]}),
        ("class Y(enum.Enum):\n    def f(self): ...\nclass X(Y):\n    A = 1", {"enum": [1]}),
    ],
)
def test_enums_are_their_values(read: Any, definition: str, schema: dict[str, Any]) -> None:
    assert read("X", HEAD + definition) == {"title": "X", **schema}


def test_a_named_tuple_is_a_list_or_an_object(read: Any) -> None:
    found = read("P", HEAD + "P = collections.namedtuple('P', 'x y', defaults=[0])")
    assert [option["type"] for option in found["anyOf"]] == ["array", "object"]
    assert found["anyOf"][0]["minItems"] == 1
    assert found["anyOf"][1]["required"] == ["x"]


def test_half_written_files_are_no_obstacle(read: Any) -> None:
    source = HEAD + "class User(BaseModel):\n    name: str\n\nclass Other(BaseModel\n"
    assert read("User", "from models import User", models=source)["required"] == ["name"]


def test_a_crowd_of_classes_ends(read: Any) -> None:
    crowd = "".join(f"class C{n}(TypedDict):\n    a: 'C{n + 1}'\n" for n in range(1000))
    found = read("C0", HEAD + crowd)
    assert 0 < len(found["$defs"]) < 400


def test_positional_and_catch_all_parameters_have_schemas_too(read_all: Any) -> None:
    source = (
        HEAD + "class M(BaseModel):\n    a: int\ndef f(x: M, /, y: M = 3, *z: M, **w: int): ..."
    )
    found = read_all({"main.py": source})
    assert found.parameters["x"]["title"] == "M"
    assert found.parameters["z"]["items"] == {"$ref": "#/$defs/M"}
    assert found.parameters["w"] == {"type": "object", "additionalProperties": INTEGER}
    assert found.inputs["properties"] == {"y": {"$ref": "#/$defs/M", "default": 3}}
    assert (found.inputs["additionalProperties"], found.inputs["required"]) == (INTEGER, [])
    assert set(found.inputs["$defs"]) == {"M"}


def test_a_default_of_none_allows_null(read_all: Any) -> None:
    source = "def f(a: int = None, b: 'str | None' = None, c=None, d: bool = False): ..."
    found = read_all({"main.py": source}).parameters
    assert found["a"] == {"anyOf": [INTEGER, {"type": "null"}], "default": None}
    assert found["b"] == {"anyOf": [STRING, {"type": "null"}], "default": None}
    assert found["c"] == {"default": None}
    assert found["d"] == {"type": "boolean", "default": False}


@pytest.mark.parametrize(
    ("returns", "output"),
    [
        ("str", STRING),
        ("'list[M]'", {"type": "array", "items": {"$ref": "#/$defs/M"}}),
        ("Awaitable[int]", INTEGER),
        ("Coroutine[None, None, int]", INTEGER),
        ("Iterator[int]", {}),
    ],
)
def test_what_a_call_gives(read_all: Any, returns: str, output: dict[str, Any]) -> None:
    source = HEAD + "from typing import *\nclass M(BaseModel):\n    a: int\n"
    found = read_all({"main.py": f"{source}\ndef f() -> {returns}: ...\n"}).output
    assert {key: value for key, value in found.items() if key != "$defs"} == output
