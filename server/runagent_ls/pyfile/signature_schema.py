"""What a signature means to a caller who sends JSON by keyword."""

from __future__ import annotations

import ast
from typing import TypeAlias

from runagent_ls.pyfile.model import Parameter, Signature

# The same shape as jsontree's, which stands beside this package and not below it.
JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None


class Missing:
    """Type of `MISSING`: a default that JSON cannot say."""


MISSING = Missing()

_NAMES: dict[str, dict[str, JsonValue]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "None": {"type": "null"},
    "list": {"type": "array"},
    "List": {"type": "array"},
    "Sequence": {"type": "array"},
    "Iterable": {"type": "array"},
    "tuple": {"type": "array"},
    "Tuple": {"type": "array"},
    "dict": {"type": "object"},
    "Dict": {"type": "object"},
    "Mapping": {"type": "object"},
}
_ARRAYS = {"list", "List", "Sequence", "Iterable"}
_OBJECTS = {"dict", "Dict", "Mapping"}


def input_schema(signature: Signature) -> dict[str, JsonValue]:
    """JSON Schema of the keyword arguments, `properties` in the order of the parameters.

    Annotations that JSON has no word for accept anything. Positional-only parameters cannot be
    sent by keyword and are left out. `**kwargs` allows additional properties.
    """
    properties: dict[str, JsonValue] = {}
    required: list[JsonValue] = []
    open_ended = False
    for parameter in signature.parameters:
        if parameter.kind == "var_keyword":
            open_ended = True
        if parameter.kind not in {"positional_or_keyword", "keyword_only"}:
            continue
        properties[parameter.name] = _property(parameter)
        if parameter.default is None:
            required.append(parameter.name)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": open_ended,
    }


def _property(parameter: Parameter) -> dict[str, JsonValue]:
    schema = annotation_schema(parameter.annotation)
    if parameter.description:
        schema["description"] = parameter.description
    if parameter.default is not None:
        default = literal_default(parameter.default)
        if not isinstance(default, Missing):
            schema["default"] = default
    return schema


def annotation_schema(annotation: str | None) -> dict[str, JsonValue]:
    """Schema of one annotation as written; `{}` when it says nothing that JSON knows."""
    if annotation is None:
        return {}
    try:
        return _schema(ast.parse(annotation.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def _schema(node: ast.expr) -> dict[str, JsonValue]:
    match node:
        case ast.Constant(value=None):
            return {"type": "null"}
        case ast.Constant(value=str() as text):
            return annotation_schema(text)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return dict(_NAMES.get(name, {}))
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _any_of([left, right])
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            return _generic(name, list(inner.elts) if isinstance(inner, ast.Tuple) else [inner])
        case _:
            return {}


def _generic(name: str, arguments: list[ast.expr]) -> dict[str, JsonValue]:
    if name == "Optional":
        return _any_of([*arguments, ast.Constant(value=None)])
    if name == "Union":
        return _any_of(arguments)
    if name == "Literal":
        return _enum(arguments)
    if name in {"Annotated", "Required", "NotRequired", "Final"} and arguments:
        return _schema(arguments[0])
    schema = dict(_NAMES.get(name, {}))
    if name in _ARRAYS and len(arguments) == 1:
        _put(schema, "items", _schema(arguments[0]))
    elif name in _OBJECTS and len(arguments) == 2:
        _put(schema, "additionalProperties", _schema(arguments[1]))
    return schema


def _put(schema: dict[str, JsonValue], key: str, inner: dict[str, JsonValue]) -> None:
    if inner:
        schema[key] = inner


def _any_of(alternatives: list[ast.expr]) -> dict[str, JsonValue]:
    """One schema for all alternatives; `{}` as soon as one of them accepts anything."""
    schemas: list[JsonValue] = []
    for alternative in alternatives:
        schema = _schema(alternative)
        if not schema:
            return {}
        inner = schema.get("anyOf")
        for one in inner if isinstance(inner, list) else [schema]:
            if one not in schemas:
                schemas.append(one)
    if len(schemas) == 1 and isinstance(schemas[0], dict):
        return schemas[0]
    return {"anyOf": schemas}


def _enum(arguments: list[ast.expr]) -> dict[str, JsonValue]:
    values: list[JsonValue] = []
    for argument in arguments:
        value = _literal(argument)
        if isinstance(value, Missing):
            return {}
        values.append(value)
    return {"enum": values}


def literal_default(text: str) -> JsonValue | Missing:
    """The value of a default as written, when it is a literal that JSON has; else `MISSING`."""
    try:
        return _literal(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return MISSING


def _literal(node: ast.expr) -> JsonValue | Missing:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return MISSING
    return _json(value)


def _json(value: object) -> JsonValue | Missing:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else MISSING
    if isinstance(value, (list, tuple)):
        items = [_json(item) for item in value]
        known = [item for item in items if not isinstance(item, Missing)]
        return known if len(known) == len(items) else MISSING
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        pairs = {str(key): _json(item) for key, item in value.items()}
        sayable = {k: item for k, item in pairs.items() if not isinstance(item, Missing)}
        return sayable if len(sayable) == len(pairs) else MISSING
    return MISSING


def signature_text(signature: Signature) -> str:
    """`(a, /, b: int = 1, *, c) -> str`, as Python writes it."""
    parts: list[str] = []
    star_seen = False
    previous: str | None = None
    for parameter in signature.parameters:
        if previous == "positional_only" and parameter.kind != "positional_only":
            parts.append("/")
        if parameter.kind == "keyword_only" and not star_seen:
            parts.append("*")
        star_seen = star_seen or parameter.kind in {"var_positional", "keyword_only"}
        parts.append(_parameter_text(parameter))
        previous = parameter.kind
    if previous == "positional_only":
        parts.append("/")
    returns = f" -> {signature.returns}" if signature.returns else ""
    return f"({', '.join(parts)}){returns}"


def _parameter_text(parameter: Parameter) -> str:
    stars = {"var_positional": "*", "var_keyword": "**"}.get(parameter.kind, "")
    text = f"{stars}{parameter.name}"
    if parameter.annotation is not None:
        text += f": {parameter.annotation}"
    if parameter.default is not None:
        text += f" = {parameter.default}" if parameter.annotation else f"={parameter.default}"
    return text
