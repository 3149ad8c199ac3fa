"""Annotations of types that need no definition in the project."""

from __future__ import annotations

from typing import Any

import pytest

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
NULL = {"type": "null"}
IMPORTS = """\
import collections, datetime as dt, decimal, enum, pathlib, uuid, typing
import typing as t
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Dict, List, Literal, Optional, Tuple, Union
from typing_extensions import Literal as Either
"""


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("str", STRING),
        ("int", INTEGER),
        ("float", {"type": "number"}),
        ("bool", {"type": "boolean"}),
        ("None", NULL),
        ("'str'", STRING),
        ("list", {"type": "array"}),
        ("list[str]", {"type": "array", "items": STRING}),
        ("typing.List[int]", {"type": "array", "items": INTEGER}),
        ("t.Sequence[int]", {"type": "array", "items": INTEGER}),
        ("Sequence[int]", {"type": "array", "items": INTEGER}),
        ("set[str]", {"type": "array", "items": STRING}),
        ("frozenset['int']", {"type": "array", "items": INTEGER}),
        ("collections.deque[int]", {"type": "array", "items": INTEGER}),
        ("dict[str, int]", {"type": "object", "additionalProperties": INTEGER}),
        ("Mapping[str, int]", {"type": "object", "additionalProperties": INTEGER}),
        ("collections.Counter[str]", {"type": "object", "additionalProperties": INTEGER}),
        (
            "dict[Literal['a', 'b'], int]",
            {
                "type": "object",
                "propertyNames": {"enum": ["a", "b"]},
                "additionalProperties": INTEGER,
            },
        ),
        ("Dict[str, Any]", {"type": "object"}),
        ("dict[str, object]", {"type": "object"}),
        ("tuple", {"type": "array"}),
        ("tuple[()]", {"type": "array", "maxItems": 0}),
        ("tuple[int, ...]", {"type": "array", "items": INTEGER}),
        ("tuple[*tuple[int, ...], str]", {"type": "array"}),
        (
            "Tuple[int, str]",
            {"type": "array", "prefixItems": [INTEGER, STRING], "minItems": 2, "maxItems": 2},
        ),
        ("Optional[str]", {"anyOf": [STRING, NULL]}),
        ("t.Optional[t.Optional[str]]", {"anyOf": [STRING, NULL]}),
        ("str | None", {"anyOf": [STRING, NULL]}),
        ("'str | None'", {"anyOf": [STRING, NULL]}),
        ("Union[str, int, None]", {"anyOf": [STRING, INTEGER, NULL]}),
        ("str | Any", {}),
        ("Union[str, 'str']", STRING),
        ("Literal['a', 2, None]", {"enum": ["a", 2, None]}),
        ("Literal[1, True]", {"enum": [1, True]}),
        ("Literal[Literal['a'], Either['b']]", {"enum": ["a", "b"]}),
        ("Literal[b'x']", {}),
        ("Annotated[str, 'the city']", {**STRING, "description": "the city"}),
        ("dt.datetime", {**STRING, "format": "date-time"}),
        ("dt.date", {**STRING, "format": "date"}),
        ("dt.time", {**STRING, "format": "time"}),
        ("dt.timedelta", {**STRING, "format": "duration"}),
        ("uuid.UUID", {**STRING, "format": "uuid"}),
        ("pathlib.Path", {**STRING, "format": "path"}),
        ("bytes", {**STRING, "format": "binary"}),
        ("decimal.Decimal", {"anyOf": [{"type": "number"}, {**STRING, "format": "decimal"}]}),
        ("Any", {}),
        ("object", {}),
        ("typing.Callable[[int], str]", {}),
        ("type[int]", {}),
        ("complex", {}),
        ("Unheard", {}),
        ("list[Unheard]", {"type": "array"}),
        ("Unheard | int", {}),
        ("'('", {}),
        ("f()", {}),
        ("t.Nothing[int]", {}),
    ],
)
def test_annotations(read: Any, annotation: str, schema: dict[str, Any]) -> None:
    assert read(annotation, IMPORTS) == schema


def test_an_endless_annotation_says_nothing(read: Any) -> None:
    deep = "list[" * 90 + "int" + "]" * 90
    found = read(deep)
    for _ in range(59):
        found = found["items"]
    assert found == {"type": "array"}
    assert read("'" + "list[" * 5000 + "int" + "]" * 5000 + "'") == {}


@pytest.mark.parametrize(
    ("source", "annotation"),
    [
        ("class Optional: ...", "Optional[int]"),
        ("class List: ...", "List[int]"),
        ("def int(): ...", "int"),
        ("from .mine import List", "List[int]"),
        ("from mine import Optional", "Optional[int]"),
        ("from nowhere import *", "int"),
        ("import random\nif random.random():\n    str = bytes", "str"),
        ("from typing import List\nList = 5", "List"),
    ],
)
def test_a_name_that_is_something_else_here_says_nothing(
    read: Any, source: str, annotation: str
) -> None:
    assert read(annotation, source, mine="class Optional: ...\nclass List: ...\n") == {}


@pytest.mark.parametrize(
    ("source", "annotation", "schema"),
    [
        ("from typing import *", "Optional[int]", {"anyOf": [INTEGER, NULL]}),
        (
            "try:\n    from typing import Literal\nexcept ImportError:\n"
            "    from typing_extensions import Literal",
            "Literal['a']",
            {"enum": ["a"]},
        ),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from uuid import UUID",
            "'UUID'",
            {**STRING, "format": "uuid"},
        ),
        ("from mine import Sequence", "Sequence[int]", {"type": "array", "items": INTEGER}),
        ("from mine import *", "Sequence[int]", {"type": "array", "items": INTEGER}),
        ("import mine as m", "m.Sequence[int]", {"type": "array", "items": INTEGER}),
        ("from typing import Text as T", "T", STRING),
    ],
)
def test_names_are_followed_to_where_they_come_from(
    read: Any, source: str, annotation: str, schema: dict[str, Any]
) -> None:
    assert read(annotation, source, mine="from collections.abc import Sequence\n") == schema


@pytest.mark.parametrize(
    ("source", "annotation", "schema"),
    [
        ("Name = str", "Name", STRING),
        ("from typing import TypeAlias\nName: TypeAlias = 'str | None'", "Name",
         {"anyOf": [STRING, NULL]}),
        ("from typing import NewType\nUserId = NewType('UserId', int)", "list[UserId]",
         {"type": "array", "items": {**INTEGER, "title": "UserId"}}),
        ("from typing import TypeVar\nT = TypeVar('T')", "list[T]", {"type": "array"}),
        ("from typing import TypeVar\nT = TypeVar('T', bound=str)", "T", STRING),
        ("from typing import TypeVar\nT = TypeVar('T', int, str)", "T",
         {"anyOf": [INTEGER, STRING]}),
        ("from typing import TypeVar\nT = TypeVar('T')\nPair = tuple[T, T]", "Pair[int]",
         {"type": "array", "prefixItems": [INTEGER, INTEGER], "minItems": 2, "maxItems": 2}),
        ("A = B\nB = A", "A", {}),
        ("A = 'A | int'", "list[A]", {"type": "array"}),
    ],
)  # fmt: skip
def test_aliases(read: Any, source: str, annotation: str, schema: dict[str, Any]) -> None:
    assert read(annotation, source) == schema


def test_type_statements_are_read_by_every_python(read: Any) -> None:
    source = "type Name = (\n    str\n    | None\n)\ntype Names = list[Name]\n"
    names = {"type": "array", "items": {"anyOf": [STRING, NULL]}}
    assert read("Names", source) == names
    assert read("Names", "from mine import Names", mine=source) == names
    assert read("Name", "type Name = (\n") == {}


def test_an_alias_may_hold_itself(read: Any) -> None:
    found = read("Json", "Json = str | list['Json'] | dict[str, 'Json']")
    inner = {"$ref": "#/$defs/Json"}
    definition = {
        "anyOf": [
            STRING,
            {"type": "array", "items": inner},
            {"type": "object", "additionalProperties": inner},
        ]
    }
    assert found == {**definition, "$defs": {"Json": definition}}
