"""Inputs against schemas: the quick look at simple ones agrees with the whole validation."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from jsonschema import Draft202012Validator, validators
from jsonschema.protocols import Validator

from runagent_ls.schema.inputs import check_inputs

TYPES: list[dict[str, Any]] = [
    {"type": name} for name in ("string", "integer", "number", "boolean", "null", "array", "object")
]
SCHEMAS: list[dict[str, Any]] = [
    *TYPES,
    *({**one, "description": "d", "default": None} for one in TYPES),
    *({"type": "array", "items": one} for one in TYPES),
    *({"anyOf": [one, {"type": "null"}]} for one in TYPES),
    {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "array", "items": {}}]}},
    {"type": "array", "items": {"type": "integer"}, "minItems": 2},
    {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
    {"type": "object", "required": ["a"]},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"type": "string", "enum": ["a"]},
    {"type": "string", "minLength": 3},
    {"type": ["string", "null"]},
    {"enum": [1, "a"]},
    {"anyOf": [{"type": "integer"}], "type": "string"},
    {"$ref": "#/$defs/N", "$defs": {"N": {"type": "integer"}}},
]
VALUES: list[Any] = [
    None, True, 0, 1, 1.0, 1.5, "", "a", "abc", [], [1], [1, 2], ["a"], [None], [[1], 2], {},
    {"a": 1}, {"a": "b"}, [{}], [[["deep"]]],
]  # fmt: skip


def _fits(schema: dict[str, Any], value: Any) -> bool:
    """As JSON Schema says, but that a bool is a number: in Python `isinstance(True, int)` holds."""
    numbers = {"integer": _is_integer, "number": lambda _, it: isinstance(it, int | float)}
    types = Draft202012Validator.TYPE_CHECKER.redefine_many(numbers)
    extend: Callable[..., Callable[[dict[str, Any]], Validator]] = validators.extend
    return extend(Draft202012Validator, type_checker=types)(schema).is_valid(value)


def _is_integer(_: object, value: Any) -> bool:
    return isinstance(value, int) or value == 1.0


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_a_problem_is_told_exactly_when_the_value_does_not_fit(schema: dict[str, Any]) -> None:
    for value in VALUES:
        fits = _fits(schema, value)
        assert bool(check_inputs(schema, value)) is not fits, (schema, value)


def test_values_fit_the_alternatives_they_are_made_of() -> None:
    for first, second in product(TYPES, TYPES):
        schema: dict[str, Any] = {"anyOf": [first, second]}
        for value in VALUES:
            fits = _fits(schema, value)
            assert bool(check_inputs(schema, value)) is not fits, (schema, value)
