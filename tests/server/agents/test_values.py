"""Decoding what agents return."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.agents.values import DEEPEST, JsonValue, decode, for_display, parse

WIRE = Path(__file__).parents[2] / "fixtures" / "wire"
ENCODINGS = json.loads((WIRE / "output-encodings.json").read_text(encoding="utf-8"))

VALUES = {
    "None": None,
    "True": True,
    "7": 7,
    "2**70": 2**70,
    "1.5": 1.5,
    "2.0": 2.0,
    "float('inf')": math.inf,
    "{'a': nan}": {"a": None},
    "[nan, -inf]": [None, "-inf"],
    "'héllo'": "héllo",
    "''": "",
    "[1, 'a', None]": [1, "a", None],
    "(1, 2)": [1, 2],
    "{1}": [1],
    "{'a': {'b': [1]}}": {"a": {"b": [1]}},
    "{1: 'a'}": {"1": "a"},
    "{'a': {1}}": {"a": [1]},
    "b'\\x00\\xff'": "00ff",
    "datetime(2025,1,2,3,4,5)": "2025-01-02T03:04:05",
    "date(2025,1,2)": "2025-01-02",
    "Decimal('1.10')": "1.10",
    "pydantic model x=1 y='z'": {"x": 1, "y": "z"},
    "NamedTuple(1,'z')": [1, "z"],
    "a class": "<Unserializable ModelMetaclass>",
    "a function": {},
}


def structured(value: Any, kind: str) -> str:
    return json.dumps({"type": kind, "payload": json.dumps(value)})


@pytest.mark.parametrize("case", ENCODINGS["run_data_field"], ids=lambda c: c["python_return"])
def test_every_captured_output_is_decoded(case: dict[str, str]) -> None:
    value = decode(case["data"])
    if case["python_return"] == "float('nan')":
        assert isinstance(value, float)
        assert math.isnan(value)
    elif case["python_return"] in VALUES:
        assert value == VALUES[case["python_return"]]
        assert type(value) is type(VALUES[case["python_return"]])
    else:
        assert value == json.loads(json.loads(case["data"])["payload"])


@pytest.mark.parametrize("case", ENCODINGS["stream_content_field"], ids=lambda c: c["python_chunk"])
def test_every_captured_chunk_is_decoded(case: dict[str, str]) -> None:
    value = decode(case["content"])
    if case["python_chunk"] == "float('nan')":
        assert isinstance(value, float)
        assert math.isnan(value)
    else:
        assert value == json.loads(json.loads(case["content"])["payload"])


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("just text", "just text"),
        ("", ""),
        ('{"a": 1}', {"a": 1}),
        ("[1]", [1]),
        ("5", 5),
        (None, None),
        (5, 5),
        ([1], [1]),
        ({"a": 1}, {"a": 1}),
        ({"type": "integer", "payload": "3"}, 3),
        ('{"type": "object", "payload": {"a": 1}}', {"a": 1}),
        ('{"payload": "3", "type": "integer"}', 3),
        ('{"type":"integer","payload":"3"}', 3),
        (' {"type": "integer", "payload": "3"} ', 3),
        ('{"type": "weird", "payload": "1"}', 1),
        ('{"type": "string", "payload": "5"}', "5"),
        ('{"type": "string", "payload": ""}', ""),
        ('{"type": "array", "payload": ""}', None),
        ('{"type": "integer", "payload": "3.0"}', 3),
        ('{"type": "integer", "payload": "\\"5\\""}', 5),
        ('{"type": "integer", "payload": "\\"five\\""}', "five"),
        ('{"type": "number", "payload": "\\"-inf\\""}', -math.inf),
        ('{"type": "number", "payload": "\\"much\\""}', "much"),
        ('{"type": "number", "payload": "not json"}', "not json"),
        ('{"type": "object", "payload": " {} "}', {}),
        ('{"type": "object", "payload": null}', None),
        ('{"type": "string", "payload": "\\"x\\"", "more": 1}', ...),
        ('{"type": 1, "payload": "x"}', ...),
        ('{"type": "string", "payload": "\\"x\\""', ...),
        ('{"type": "string", "payload": }', ...),
    ],
)
def test_shapes_of_other_servers(content: Any, value: Any) -> None:
    if value is ...:  # no structured value: stands for itself
        try:
            value = json.loads(content)
        except ValueError:
            value = content
    assert decode(content) == value


def test_integers_keep_all_digits_and_too_long_ones_stay_text() -> None:
    assert decode(structured(2**70, "integer")) == 2**70
    digits = "9" * 10_000
    assert decode(f'{{"type": "integer", "payload": "{digits}"}}') == digits


@pytest.mark.parametrize("depth", [DEEPEST + 1, 5_000, 200_000])
def test_nesting_beyond_reason_stays_text(depth: int) -> None:
    text = "[" * depth + "]" * depth
    assert decode(json.dumps({"type": "array", "payload": text})) == text
    assert decode(text) == text
    with pytest.raises(ValueError, match="nested too deeply"):
        parse(text)


def test_nesting_within_reason_is_decoded() -> None:
    text = "[" * DEEPEST + "]" * DEEPEST
    value = decode(json.dumps({"type": "array", "payload": text}))
    assert json.dumps(value) == text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(deadline=None)
@given(json_values, st.booleans())
def test_any_value_survives_the_double_encoding(value: Any, compact: bool) -> None:
    kind = {
        type(None): "null",
        bool: "boolean",
        int: "integer",
        float: "number",
        str: "string",
        list: "array",
        dict: "object",
    }[type(value)]
    if isinstance(value, float) and math.isinf(value):
        payload = json.dumps("inf" if value > 0 else "-inf")
    else:
        payload = json.dumps(value)
    separators = (",", ":") if compact else None
    assert decode(json.dumps({"type": kind, "payload": payload}, separators=separators)) == value


@settings(deadline=None)
@given(st.text())
def test_any_text_gives_a_value(text: str) -> None:
    decode(text)
    decode('{"type": "' + text)
    decode('{"type": "object", "payload": ' + text)


def test_display_has_neither_nan_nor_large_integers() -> None:
    value: JsonValue = {
        "nan": math.nan,
        "list": [math.inf, -math.inf, 2**53, -(2**60), 2**53 - 1, 1.5, True, None, "NaN"],
    }
    shown = for_display(value)
    assert shown == {
        "nan": "NaN",
        "list": [
            "Infinity",
            "-Infinity",
            "9007199254740992",
            "-1152921504606846976",
            2**53 - 1,
            1.5,
            True,
            None,
            "NaN",
        ],
    }
    json.dumps(shown, allow_nan=False)


def test_display_with_the_text_it_came_from() -> None:
    nan_text = structured(None, "number")
    assert for_display(decode(nan_text), nan_text) == "NaN"
    text = structured({"id": 2**60}, "object")
    assert for_display(decode(text), text) == {"id": str(2**60)}
    plain = structured({"id": 7}, "object")
    value = decode(plain)
    assert for_display(value, plain) is value
