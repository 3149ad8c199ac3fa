"""Schemas as types of other languages."""

from __future__ import annotations

import pytest

from runagent_ls.features.types import Language, translate
from runagent_ls.jsontree.document import JsonValue

STRING: dict[str, JsonValue] = {"type": "string"}
INTEGER: dict[str, JsonValue] = {"type": "integer"}
NULL: dict[str, JsonValue] = {"type": "null"}
TEXTS: dict[str, JsonValue] = {"type": "array", "items": STRING}

PLATFORM_TABLE: list[tuple[dict[str, JsonValue], dict[Language, str]]] = [
    (STRING, {"javascript": "string", "go": "string", "rust": "String"}),
    (INTEGER, {"javascript": "number", "go": "int", "rust": "i64"}),
    ({"type": "number"}, {"javascript": "number", "go": "float64", "rust": "f64"}),
    ({"type": "boolean"}, {"javascript": "boolean", "go": "bool", "rust": "bool"}),
    (TEXTS, {"javascript": "string[]", "go": "[]string", "rust": "Vec<String>"}),
    (
        {"type": "object"},
        {
            "javascript": "object",
            "go": "map[string]interface{}",
            "rust": "HashMap<String, Value>",
        },
    ),
]


@pytest.mark.parametrize(("schema", "types"), PLATFORM_TABLE)
def test_plain_types_are_those_of_the_platforms_own_table(
    schema: dict[str, JsonValue], types: dict[Language, str]
) -> None:
    assert {language: translate(schema, language).type for language in types} == types


@pytest.mark.parametrize(
    ("schema", "typescript", "go", "rust"),
    [
        ({}, "unknown", "interface{}", "Value"),
        (NULL, "null", "interface{}", "()"),
        ({"anyOf": [STRING, NULL]}, "string | null", "*string", "Option<String>"),
        ({"anyOf": [TEXTS, NULL]}, "string[] | null", "[]string", "Option<Vec<String>>"),
        (
            {"type": "array", "items": {"anyOf": [INTEGER, NULL]}},
            "(number | null)[]",
            "[]*int",
            "Vec<Option<i64>>",
        ),
        (
            {"type": "object", "additionalProperties": TEXTS},
            "Record<string, string[]>",
            "map[string][]string",
            "HashMap<String, Vec<String>>",
        ),
        (
            {"type": "array", "prefixItems": [STRING, INTEGER], "minItems": 2, "maxItems": 2},
            "[string, number]",
            "[]interface{}",
            "(String, i64)",
        ),
        ({"type": ["string", "null"]}, "string | null", "*string", "Option<String>"),
    ],
)
def test_composed_types(schema: dict[str, JsonValue], typescript: str, go: str, rust: str) -> None:
    assert translate(schema, "typescript").type == typescript
    assert translate(schema, "go").type == go
    assert translate(schema, "rust").type == rust
