"""Defaults as JSON values, and signatures as text."""

from __future__ import annotations

import ast
from typing import TypeAlias

from runagent_ls.pyfile.model import Parameter, Signature

# The same shape as jsontree's, which stands beside this package and not below it.
JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None


class Missing:
    """Type of `MISSING`: a default that JSON cannot say."""


MISSING = Missing()


def literal_default(text: str) -> JsonValue | Missing:
    """The value of a default as written, when it is a literal that JSON has; else `MISSING`."""
    try:
        return literal(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return MISSING


def literal(node: ast.expr) -> JsonValue | Missing:
    """The value of an expression that is a literal which JSON has; a tuple is a list there."""
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
    returns = f" -> {signature.returns}" if signature.returns else ""
    return f"({', '.join(signature_parts(signature))}){returns}"


def signature_parts(signature: Signature) -> list[str]:
    """What stands between the commas, `/` and `*` included."""
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
    return parts


def _parameter_text(parameter: Parameter) -> str:
    stars = {"var_positional": "*", "var_keyword": "**"}.get(parameter.kind, "")
    text = f"{stars}{parameter.name}"
    if parameter.annotation is not None:
        text += f": {parameter.annotation}"
    if parameter.default is not None:
        text += f" = {parameter.default}" if parameter.annotation else f"={parameter.default}"
    return text
