"""How a call is laid out: what goes by position, what by name, and with which values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runagent_ls.features.client_code.model import ClientTarget
from runagent_ls.features.client_code.text import json_text
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.pyfile.signature_schema import MISSING, Missing

Schema = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the function that is written. `default` is MISSING unless JSON can say it."""

    name: str
    schema: Schema
    required: bool = True
    default: JsonValue | Missing = MISSING
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`positional` and then `rest` go by position, `keyword` and then `more` by name.

    `values` are those of positional and keyword inputs that the example call gives; `remarks` are
    lines about them that belong into the code.
    """

    tag: str
    streams: bool
    target: ClientTarget
    documentation: str
    output: Schema
    positional: tuple[Input, ...] = ()
    rest: Input | None = None
    keyword: tuple[Input, ...] = ()
    more: Input | None = None
    values: Mapping[str, JsonValue] = field(default_factory=dict)
    rest_values: tuple[JsonValue, ...] = ()
    more_values: Mapping[str, JsonValue] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def args(self) -> list[JsonValue]:
        """`input_args` of the example call."""
        given = [self.values[it.name] for it in self.positional if it.name in self.values]
        return [*given, *self.rest_values]

    @property
    def kwargs(self) -> dict[str, JsonValue]:
        """`input_kwargs` of the example call."""
        return {**self.keyword_values, **self.more_values}

    @property
    def keyword_values(self) -> dict[str, JsonValue]:
        """Those of the keyword inputs."""
        return {it.name: self.values[it.name] for it in self.keyword if it.name in self.values}

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All but `rest` and `more`."""
        return (*self.positional, *self.keyword)


def object_schema(inputs: Sequence[Input], title: str) -> Schema:
    """An object with a property for each input, and the `$defs` that these need."""
    definitions: Schema = {}
    properties: Schema = {}
    for it in inputs:
        own = dict(it.schema)
        inner = own.pop("$defs", None)
        definitions.update(inner if isinstance(inner, dict) else {})
        properties[it.name] = {**own, "description": _description(it)}
    needed: list[JsonValue] = [it.name for it in inputs if it.required]
    found: Schema = {
        "title": title,
        "type": "object",
        "properties": properties,
        "required": needed,
    }
    return {**found, "$defs": definitions} if definitions else found


def _description(it: Input) -> str:
    lines = [it.description] if it.description else []
    if not isinstance(it.default, Missing):
        lines.append(f"Default: {json_text(it.default)}")
    return "\n".join(lines)
