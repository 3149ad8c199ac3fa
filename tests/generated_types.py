"""Modules with random types in them, and JSON values that nearly or wholly fit a schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

HEAD = """\
from __future__ import annotations
import dataclasses, datetime as dt, decimal, enum, typing as t, uuid
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, InitVar, dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, NewType, Optional, Union

import annotated_types as at
import pydantic
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, PositiveInt, RootModel
from pydantic import StringConstraints, conint, field_validator
from pydantic.alias_generators import to_camel
from typing_extensions import NotRequired, Required, TypedDict

class Colour(enum.Enum):
    RED = "red"
    BLUE = 3
    NONE = None

class Mode(str, enum.Enum):
    FAST = "fast"
    SLOW = "slow"

class Level(enum.IntEnum):
    LOW = enum.auto()
    HIGH = enum.auto()

UserId = NewType("UserId", int)
Tags: t.TypeAlias = "list[str]"
T = t.TypeVar("T")
Small = Annotated[int, at.Interval(ge=0, le=10)]
Positive = Field(gt=0)
"""
ATOMS = [
    "int", "str", "float", "bool", "None", "Any", "bytes", "decimal.Decimal", "uuid.UUID", "Path",
    "dt.datetime", "dt.date", "dt.time", "dt.timedelta", "Colour", "Mode", "Level", "UserId",
    "Tags", "Small", "list", "dict", "tuple[()]", "PositiveInt", "conint(ge=3)", "object",
    "Literal['a', 2, None]", "Literal[Mode.FAST, 'b']", "Annotated[int, Positive]",
    "Annotated[str, StringConstraints(min_length=1, max_length=3)]",
    "Annotated[str, Field(pattern='^[a-c]+$')]", "Annotated[float, at.Ge(0), at.Lt(1.5)]",
    "Annotated[list[int], Field(min_length=1)]", "t.Counter[str]",
]  # fmt: skip
KINDS = ["model", "forbidding", "camel", "dataclass", "typed dict", "optional dict", "tuple"]
WRAPPERS = [
    "list[{0}]", "set[{0}]", "dict[str, {0}]", "Optional[{0}]", "t.Union[{0}, {1}]", "{0} | {1}",
    "tuple[{0}, {1}]", "tuple[{0}, ...]", "Sequence[{0}]", "Mapping[str, {0}]", "'{0}'",
    "dict[Literal['k', 'l'], {0}]", "Annotated[{0}, 'a note']",
]  # fmt: skip


@dataclass(frozen=True)
class Module:
    """Source with a function `f(x: annotation)`."""

    source: str
    annotation: str

    @property
    def text(self) -> str:
        return f"{self.source}\n\ndef f(x: {self.annotation}):\n    return x\n"


@st.composite
def written_types(draw: st.DrawFn, names: list[str], depth: int = 2) -> str:
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(st.sampled_from([*ATOMS, *names, *names]))
    wrapper = draw(st.sampled_from(WRAPPERS))
    if wrapper.startswith("set"):
        return "set[int]"
    parts = [draw(written_types(names, depth - 1)) for _ in range(2)]
    quoted = any("'" in part for part in parts) and wrapper.startswith("'")
    return parts[0] if quoted else wrapper.format(*parts)


@st.composite
def definitions(draw: st.DrawFn, number: int, names: list[str]) -> str:
    """One class named `C<number>` with up to four fields, of one of the usual kinds."""
    kind = draw(st.sampled_from(KINDS))
    name = f"C{number}"
    known = names if kind == "tuple" else [*names, f"Optional[{name}]"]
    if kind in {"forbidding", "camel"}:
        # Pydantic hands such a configuration on to the dataclasses inside, which nobody expects.
        known = [f"Optional[{name}]"]
    fields = [
        (f"field_{at}", draw(written_types(known, 1)), draw(st.integers(0, 3)))
        for at in range(draw(st.integers(1, 4)))
    ]
    if kind in {"typed dict", "optional dict"}:
        total = ", total=False" if kind == "optional dict" else ""
        forms = ["{0}: {1}", "{0}: Required[{1}]", "{0}: NotRequired[{1}]", "{0}: {1}"]
        lines = [forms[form].format(key, text) for key, text, form in fields]
        return _class(f"class {name}(TypedDict{total}):", lines)
    if kind == "tuple":
        return _class(f"class {name}(NamedTuple):", [f"{key}: {text}" for key, text, _ in fields])
    if kind == "dataclass":
        forms = [
            "{0}: {1}", "{0}: {1} = field(default=None)", "{0}: {1} = field(init=False)",
            "{0}: {1} = field(default_factory=list)",
        ]  # fmt: skip
        lines = [forms[form].format(key, text) for key, text, form in fields]
        return _class(f"@dataclass(kw_only=True)\nclass {name}:", lines)
    forms = [
        "{0}: {1}", "{0}: {1} = None", "{0}: {1} = Field(alias='{0}Alias')",
        "{0}: {1} = Field(default=None, description='about {0}')",
    ]  # fmt: skip
    lines = [forms[form].format(key, text) for key, text, form in fields]
    options = {"forbidding": "extra='forbid'", "camel": "alias_generator=to_camel"}
    if kind in options:
        lines.insert(0, f"model_config = ConfigDict({options[kind]})")
    return _class(f"class {name}(BaseModel):", lines)


def _class(head: str, lines: list[str]) -> str:
    return "\n".join([head, *(f"    {line}" for line in lines)]) + "\n"


@st.composite
def modules(draw: st.DrawFn, *, all_used: bool = False) -> Module:
    """Some classes that may hold each other, and an annotation that may name them, or does."""
    names: list[str] = []
    parts = [HEAD]
    for number in range(draw(st.integers(int(all_used), 3))):
        parts.append(draw(definitions(number, names)))
        names.append(f"C{number}")
    used = f"tuple[{', '.join(names)}]" if all_used else draw(written_types(names))
    return Module("\n".join(parts), used)


JUNK: list[Any] = [None, 0, 1, -1, 7, 2.5, "", "a", "fast", "abc", [], ["a"], [1, 2], {}]
"""Without booleans: for pydantic True is a member of an Enum that holds 1."""


@st.composite
def values(
    draw: st.DrawFn,
    schema: Any,
    definitions_: dict[str, Any],
    depth: int = 6,
    *,
    noise: bool = True,
) -> Any:
    """A value that mostly fits the schema, with `noise` something else in a place now and then."""
    strays = noise and draw(st.integers(0, 7)) == 0
    if depth == 0 or strays or not isinstance(schema, dict):
        return draw(st.sampled_from([*JUNK, {"field_0": 1}]))
    if "$ref" in schema:
        schema = definitions_[schema["$ref"].rpartition("/")[2]]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    for key in ("anyOf", "oneOf"):
        if key in schema:
            option = draw(st.sampled_from(schema[key]))
            return draw(values(option, definitions_, depth - 1, noise=noise))

    def inner(part: Any) -> Any:
        return draw(values(part, definitions_, depth - 1, noise=noise))

    match schema.get("type"):
        case "object":
            return _object(draw, schema, inner, noise=noise)
        case "array":
            fixed = [inner(item) for item in schema.get("prefixItems", [])]
            more = [inner(schema.get("items", {})) for _ in range(draw(st.integers(0, 2)))]
            return [*fixed, *([] if "prefixItems" in schema else more)]
        case "string":
            return draw(
                st.sampled_from(TEXTS.get(schema.get("format", ""), ["", "a", "abc", "zz"]))
            )
        case "integer":
            return draw(st.sampled_from([0, 1, 2, 3, 5, -4, 11, 10**20]))
        case "number":
            return draw(st.sampled_from([0, 1, 0.5, 1.5, -2.5]))
        case "boolean":
            return draw(st.booleans())
        case "null":
            return None
        case _:
            return draw(st.sampled_from(JUNK))


def _object(draw: st.DrawFn, schema: Any, inner: Any, *, noise: bool) -> dict[str, Any]:
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    found = {
        key: inner(part)
        for key, part in properties.items()
        if draw(st.integers(0, 9)) > (0 if key in required else 5)
    }
    if "properties" not in schema:
        keys = schema.get("propertyNames", {}).get("enum", ["k", "other"])
        for key in draw(st.lists(st.sampled_from([*keys, "m"]), max_size=2)):
            found[key] = inner(schema.get("additionalProperties", {}))
    if noise and draw(st.integers(0, 9)) == 0:
        found["unheard"] = 1
    return found


TEXTS = {
    "date-time": ["2026-01-31T12:30:00", "2026-01-31T12:30:00Z"],
    "date": ["2026-01-31"],
    "time": ["12:30:00"],
    "duration": ["PT1H", "P3D"],
    "uuid": ["123e4567-e89b-42d3-a456-426614174000"],
}
