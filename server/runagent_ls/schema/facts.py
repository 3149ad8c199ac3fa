"""What the configuration schema says about a field: for completion, hover and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default_of
from typing import Any, Final

from runagent_ls.jsontree.document import JsonValue, Missing, Path
from runagent_ls.schema.entrypoints import ENTRYPOINTS, kind_of_list
from runagent_ls.schema.loading import load

CONFIG_SCHEMA: Final = "runagent.config.schema.json"

FRAMEWORKS: Final[tuple[str, ...]] = tuple(load(CONFIG_SCHEMA)["properties"]["framework"]["enum"])
"""Names that RunAgent 0.1.49 takes, in its own order."""

LATER_FRAMEWORKS: Final = ("openclaw", "picoclaw", "zeroclaw")
"""Names that 0.1.49 refuses and later versions take."""


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """One field. `types` are JSON Schema type names; `values` is empty unless they are closed.

    `default` is None when there is none or when it is null: `has_default` tells which.
    `fields` are the keys an object may have, `required` those it must have.
    """

    documentation: str
    types: tuple[str, ...]
    values: tuple[str, ...] = ()
    examples: tuple[JsonValue, ...] = ()
    has_default: bool = False
    default: JsonValue = None
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    value_documentation: Mapping[str, str] = default_of(default_factory=dict)
    """What each of `values` means, as Markdown."""


def field(path: Path, value: JsonValue | Missing) -> FieldFacts | None:
    """Facts about the field at `path`; None when the schema does not know it.

    `value` is the whole configuration: it decides which kind of entrypoint is meant.
    """
    schema = subschema(path, value)
    if schema is None:
        return None
    kinds = schema.get("type", "string" if "enum" in schema else ())
    return FieldFacts(
        documentation=schema.get("markdownDescription", ""),
        types=(kinds,) if isinstance(kinds, str) else tuple(kinds),
        values=tuple(schema.get("enum", ())),
        examples=tuple(schema.get("examples", ())),
        has_default="default" in schema,
        default=schema.get("default"),
        fields=tuple(schema.get("properties", ())),
        required=tuple(schema.get("required", ())),
        value_documentation=dict(
            zip(schema.get("enum", ()), schema.get("markdownEnumDescriptions", ()), strict=False)
        ),
    )


def subschema(path: Path, value: JsonValue | Missing) -> Mapping[str, Any] | None:
    """The part of the configuration schema for `path`, references resolved."""
    root = load(CONFIG_SCHEMA)
    schema: Mapping[str, Any] | None = root
    for depth, step in enumerate(path):
        if schema is None:
            return None
        if path[:depth] == ENTRYPOINTS:
            kind = kind_of_list(value)
            schema = root["$defs"][f"{kind}Entrypoint"]
        elif isinstance(step, str):
            schema = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
        else:
            schema = schema.get("items")
        if schema is not None and "$ref" in schema:
            schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema
