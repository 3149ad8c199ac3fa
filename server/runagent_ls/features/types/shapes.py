"""What a JSON Schema says, in the words that typed languages share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from runagent_ls.jsontree.document import JsonValue

ScalarKind: TypeAlias = Literal["string", "integer", "number", "boolean", "null", "any"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A JSON value without parts; `any` is whatever JSON can say."""

    kind: ScalarKind


ANY = Scalar("any")
NULL = Scalar("null")


@dataclass(frozen=True, slots=True)
class ListOf:
    item: Shape


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with any keys."""

    value: Shape


@dataclass(frozen=True, slots=True)
class TupleOf:
    """A list of fixed length."""

    items: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Nullable:
    """`inner` or null; `inner` itself is never nullable."""

    inner: Shape


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several shapes, none of which is null; `name` is for languages that declare them."""

    options: tuple[Shape, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values. `named`: the agent's code has a name for it, such as an Enum's."""

    values: tuple[JsonValue, ...]
    name: str
    named: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A record, declared elsewhere under this name."""

    name: str


Shape: TypeAlias = Scalar | ListOf | MapOf | TupleOf | Nullable | OneOf | Choice | Named


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a record; `key` is its name in JSON."""

    key: str
    shape: Shape
    required: bool
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """An object with known properties; `closed` when it may have no others."""

    name: str
    fields: tuple[Field, ...]
    closed: bool = False
    description: str | None = None


def parts(shape: Shape) -> Iterator[Shape]:
    """The shapes that a value of this shape holds directly, with no list or map in between."""
    match shape:
        case Nullable(inner=inner):
            yield inner
        case TupleOf(items=items):
            yield from items
        case OneOf(options=options):
            yield from options
