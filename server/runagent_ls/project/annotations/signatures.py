"""Schemas of what a call of a function takes and gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.annotations.builder import Builder
from runagent_ls.project.annotations.combining import any_of
from runagent_ls.project.annotations.known import Schema
from runagent_ls.project.annotations.meaning import Place
from runagent_ls.project.annotations.statements import expression
from runagent_ls.project.importing import ModuleReader
from runagent_ls.pyfile.functions import dotted
from runagent_ls.pyfile.model import Parameter, Signature
from runagent_ls.pyfile.signature_schema import JsonValue, Missing, literal_default

_REFERENCE: Final = "#/$defs/"
_CHUNKS: Final = frozenset(
    f"typing.{name}"
    for name in (
        "Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator",
        "List", "Sequence",
    )
) | {"builtins.list"}  # fmt: skip
"""What a stream may return: its chunks are what the first argument says."""
_AWAITED: Final = {"typing.Awaitable": 0, "typing.Coroutine": 2}


@dataclass(frozen=True, slots=True)
class SignatureSchemas:
    """`inputs` is of the keyword arguments together, `parameters` of each alone, `output` of what
    a call gives, or each chunk of a stream. Each holds the `$defs` it needs."""

    inputs: Schema
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    output: Schema = field(default_factory=dict)


def signature_schemas(
    signature: Signature,
    defined_in: FilePath,
    entry_file: FilePath,
    reader: ModuleReader,
    *,
    streams: bool = False,
) -> SignatureSchemas:
    """Schemas of a function that stands in `defined_in`, reached through `entry_file`.

    Annotations that JSON has no word for accept anything. `inputs` leaves out positional-only
    parameters, which cannot be sent by keyword; `**kwargs` allows additional properties.
    """
    builder = Builder(entry_file, reader)
    place = Place(defined_in)
    found = {it.name: _described(builder, it, place) for it in signature.parameters}
    output = builder.annotation(_given(builder, signature.returns, place, streams=streams), place)
    definitions = builder.definitions
    return SignatureSchemas(
        inputs=_whole(_inputs(signature, found), definitions),
        parameters={
            it.name: _whole(_at_root(_collected(it, found[it.name]), definitions), definitions)
            for it in signature.parameters
        },
        output=_whole(_at_root(output, definitions), definitions),
    )


def _described(builder: Builder, parameter: Parameter, place: Place) -> Schema:
    schema = builder.annotation(parameter.annotation, place)
    if parameter.description:
        schema["description"] = parameter.description
    if parameter.default is not None:
        default = literal_default(parameter.default)
        if default is None and schema:
            # `x: int = None` is how many write `x: int | None = None`.
            schema = _with_null(schema)
        elif not isinstance(default, Missing) and not _may_be(schema, default):
            # `x: int = "auto"`: the function takes more than its annotation says.
            schema = {key: schema[key] for key in ("description",) if key in schema}
        if not isinstance(default, Missing):
            schema["default"] = default
    return schema


def _may_be(schema: Schema, default: JsonValue) -> bool:
    """False when a default is certainly not of the annotated type."""
    listed = schema.get("enum")
    if isinstance(listed, list):
        return default in listed
    match schema.get("type"):
        case "boolean":
            return isinstance(default, bool)
        case "integer":
            return isinstance(default, int)
        case "number":
            return isinstance(default, int | float)
        case "string":
            return isinstance(default, str)
        case "array":
            return isinstance(default, list)
        case "object":
            return isinstance(default, dict)
    return True


def _with_null(schema: Schema) -> Schema:
    remarks = {key: schema[key] for key in ("description",) if key in schema}
    bare = {key: value for key, value in schema.items() if key not in remarks}
    listed = bare.get("enum")
    if isinstance(listed, list) and None in listed:
        return schema
    return {**any_of([bare, {"type": "null"}]), **remarks}


def _inputs(signature: Signature, found: Mapping[str, Schema]) -> Schema:
    properties: dict[str, JsonValue] = {}
    required: list[JsonValue] = []
    others: JsonValue = False
    for parameter in signature.parameters:
        if parameter.kind == "var_keyword" and _is_unpacked(parameter):
            others = True
        elif parameter.kind == "var_keyword":
            others = {k: v for k, v in found[parameter.name].items() if k != "description"} or True
        if parameter.kind not in {"positional_or_keyword", "keyword_only"}:
            continue
        properties[parameter.name] = found[parameter.name]
        if parameter.default is None:
            required.append(parameter.name)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": others,
    }


def _collected(parameter: Parameter, schema: Schema) -> Schema:
    """`*args` and `**kwargs` hold many of what their annotation says."""
    if not parameter.kind.startswith("var_") or _is_unpacked(parameter):
        return schema
    inner: Schema = {key: value for key, value in schema.items() if key != "description"}
    is_list = parameter.kind == "var_positional"
    found: Schema = {"type": "array" if is_list else "object"}
    if inner:
        found["items" if is_list else "additionalProperties"] = inner
    return {**found, "description": parameter.description} if parameter.description else found


def _is_unpacked(parameter: Parameter) -> bool:
    """`**options: Unpack[Options]`: the annotation is of all values together."""
    node = expression(parameter.annotation) if parameter.annotation is not None else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = expression(node.value)
    name = dotted(node.value) if isinstance(node, ast.Subscript) else None
    return name is not None and name.rpartition(".")[2] == "Unpack"


def _given(builder: Builder, returns: str | None, place: Place, *, streams: bool) -> str | None:
    """The part of a return annotation that says what comes over the wire."""
    node = expression(returns) if returns is not None else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = expression(node.value)
    if not isinstance(node, ast.Subscript):
        return None if streams else returns
    arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    name = builder.external(node.value, place)
    at = _AWAITED.get(name)
    if at is not None and at < len(arguments):
        return _given(builder, ast.unparse(arguments[at]), place, streams=streams)
    if not streams:
        return returns
    return ast.unparse(arguments[0]) if name in _CHUNKS else None


def _at_root(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """The definition itself in place of a reference to it, for readers of simple schemas."""
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    return {**definitions[reference.removeprefix(_REFERENCE)], **rest}


def _whole(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """The schema with all definitions that it leads to."""
    needed: dict[str, JsonValue] = {}
    waiting: list[JsonValue] = [schema]
    while waiting:
        for key in _references(waiting.pop()):
            if key not in needed:
                needed[key] = definitions[key]
                waiting.append(definitions[key])
    return {**schema, "$defs": needed} if needed else schema


def _references(value: JsonValue) -> Iterator[str]:
    stack: list[tuple[str, JsonValue]] = [("", value)]
    while stack:
        name, one = stack.pop()
        if name == "$ref" and isinstance(one, str):
            yield one.removeprefix(_REFERENCE)
        elif isinstance(one, dict) and name not in {"default", "enum"}:
            # Names of properties are no keywords.
            inside = name == "properties"
            stack.extend(("" if inside else key, inner) for key, inner in one.items())
        elif isinstance(one, list) and name not in {"default", "enum"}:
            stack.extend(("", inner) for inner in one)
