"""Defaults as JSON, and signatures as text."""

from __future__ import annotations

import inspect
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runagent_ls.pyfile.parsing import parse_python
from runagent_ls.pyfile.signature_schema import (
    MISSING,
    JsonValue,
    literal_default,
    signature_text,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-1.5", -1.5),
        ("'a' 'b'", "ab"),
        ("(1, 2)", [1, 2]),
        ("{'a': [True, None]}", {"a": [True, None]}),
    ],
)
def test_literal_defaults(text: str, value: JsonValue) -> None:
    assert literal_default(text) == value


@pytest.mark.parametrize(
    "text", ["f()", "X", "{1}", "{1: 2}", "b'x'", "1e999", "1j", "(", "[1, ...]", "-" * 9000 + "1"]
)
def test_other_defaults_are_missing(text: str) -> None:
    assert literal_default(text) is MISSING


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)


@given(
    st.recursive(
        PLAIN,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_json_value_survives_as_a_default(value: JsonValue) -> None:
    assert literal_default(repr(value)) == value
    json.dumps(literal_default(repr(value)))


@pytest.mark.parametrize(
    "text",
    [
        "()", "(a, b=1)", "(a, /, b: int = 1, *, c) -> str", "(*args, c, **kw)", "(a, /)",
        "(*, a: str = 'x')", "(a, /, *, b)",
    ],
)  # fmt: skip
def test_signature_text_is_as_python_writes_it(text: str) -> None:
    source = f"def f{text}: pass\n"
    names: dict[str, object] = {}
    exec(compile(source, "test", "exec", dont_inherit=True), names)  # noqa: S102 - a literal
    found = parse_python(source).symbols["f"].signature
    assert found is not None
    function = names["f"]
    assert callable(function)
    real = str(inspect.signature(function))
    assert signature_text(found) == text == real
