"""Arguments held against a tool's schema, and what does not fit in words a model can act on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

_MOST: Final = 5
"""So many faults are named at once."""
_OTHER_KIND: Final = ("type", "enum", "const")
"""Faults that say that another alternative was meant."""
_WORDS: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def validator_of(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Made once for a tool. This is what imports jsonschema."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(dict(schema))


def problems(validator: Draft202012Validator, arguments: object) -> list[str]:
    """What does not fit, each as one sentence that names the argument; none when all fits."""
    found: dict[str, None] = {}  # an ordered set: each missing name is an error of its own
    for error in validator.iter_errors(arguments):
        for sentence in _sentences(error):
            found[sentence] = None
        if len(found) >= _MOST:
            break
    return list(found)[:_MOST]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like the one that was meant."""
    names = list(known)
    lower = {one.lower(): one for one in names}
    if name.lower() in lower:
        return lower[name.lower()]
    return next(iter(get_close_matches(name[:200], names, 1, 0.6)), None)


def expected(schema: Mapping[str, Any]) -> str:
    """The arguments in one line: `query (text), limit (a whole number, optional)`."""
    required = set(schema.get("required", ()))
    parts = [
        f"{name} ({_kind(part)}{'' if name in required else ', optional'})"
        for name, part in schema.get("properties", {}).items()
    ]
    return ", ".join(parts) if parts else "no arguments"


def _sentences(error: ValidationError) -> list[str]:
    where = ".".join(map(str, error.absolute_path))
    value: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "required":
        return [f"{_at(where, name)} is missing." for name in rule if name not in value]
    if error.validator == "additionalProperties" and rule is False:
        return _unknown(where, value, schema)
    if error.validator == "type":
        return [f"{_at(where)} must be {_either(rule)}, not {_shown(value)}."]
    if error.validator in ("enum", "const"):
        return [_not_among(where, value, rule if error.validator == "enum" else [rule])]
    if error.validator in ("anyOf", "oneOf"):
        return _alternatives(error)
    return [f"{_at(where)} does not fit: {_cut(error.message)}."]


def _alternatives(error: ValidationError) -> list[str]:
    """All that is allowed, if each is a plain type; otherwise the alternative that was meant."""
    from jsonschema.exceptions import best_match

    depth = len(error.absolute_path)
    context = error.context or []
    deeper = [one for one in context if len(one.absolute_path) > depth]
    if not deeper and all(one.validator == "type" for one in context):
        where = ".".join(map(str, error.absolute_path))
        kinds = " or ".join(dict.fromkeys(_either(_rule(one)) for one in context))
        return [f"{_at(where)} must be {kinds}, not {_shown(error.instance)}."]
    of_its_kind = [one for one in context if one.validator not in _OTHER_KIND or one in deeper]
    known_kind = [one for one in context if one.validator != "type"]
    best = best_match(of_its_kind or known_kind or context)
    return _sentences(best) if best is not None else []


def _rule(error: ValidationError) -> Any:  # noqa: ANN401 - any JSON
    return error.validator_value


def _unknown(where: str, value: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    known = list(schema.get("properties", {}))
    sentences = []
    for name in value:
        if name in known:
            continue
        like = nearest(name, [one for one in known if one not in value] or known)
        there = f"there are: {', '.join(known)}" if known else "there are none"
        hint = f"did you mean {_written([like])}?" if like else f"{there}."
        sentences.append(f"There is no argument {_at(where, name)}; {hint}")
    return sentences


def _not_among(where: str, value: object, allowed: Iterable[object]) -> str:
    choices = list(allowed)
    names = [one for one in choices if isinstance(one, str)]
    like = nearest(value, names) if isinstance(value, str) else None
    hint = f" Did you mean {_written([like])}?" if like else ""
    either = "one of " if len(choices) > 1 else ""
    return f"{_at(where)} must be {either}{_written(choices)}, not {_shown(value)}.{hint}"


def _at(where: str, name: str | None = None) -> str:
    path = where if name is None else f"{where}.{name}" if where else name
    return json.dumps(_cut(path), ensure_ascii=False) if path else "What is given"


def _either(kinds: str | list[str]) -> str:
    names = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(_WORDS.get(kind, kind) for kind in names)


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema or "const" in schema:
        choices = schema.get("enum") or [schema.get("const")]
        return f"one of {_written(choices)}" if len(choices) > 1 else _written(choices)
    if schema.get("properties"):
        return f"an object of {', '.join(schema['properties'])}"
    if "type" in schema:
        return _either(schema["type"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    return "an object" if "$ref" in schema else "anything"


def _written(values: Iterable[object]) -> str:
    return _cut(", ".join(json.dumps(one, ensure_ascii=False) for one in values))


def _shown(value: object) -> str:
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    written = _cut(json.dumps(value, ensure_ascii=False, default=str))
    return f"the text {written}" if isinstance(value, str) else written


def _cut(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"
