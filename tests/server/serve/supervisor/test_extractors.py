"""Extractor expressions: what their steps find in the worker is what jsonpath-ng finds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonpath_ng import parse

from runagent_ls.serve.supervisor.extractors import compile_expression, compile_extractor
from runagent_ls.serve.worker.extracting import ExpressionError, extract

NAMES = ("a", "b", "c-d", "x y", "0")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "text"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=12,
)
INDEX = st.integers(-4, 4).map(str)
OPTIONAL = st.just("") | INDEX
NAME = st.sampled_from(["a", "b", "'c-d'", '"x y"', "*", "0", "10", "a,b", "`this`", "`parent`"])
BRACKET = st.one_of(
    INDEX.map("[{}]".format),
    st.tuples(OPTIONAL, OPTIONAL).map(lambda ends: f"[{ends[0]}:{ends[1]}]"),
    st.tuples(OPTIONAL, OPTIONAL, OPTIONAL).map(lambda ends: f"[{':'.join(ends)}]"),
    st.sampled_from(["[*]", "['a']", "['a','c-d']", "[a]"]),
)


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operator = st.sampled_from([".", "..", "|", " where ", " wherenot ", "&"])
    return st.one_of(
        st.tuples(inner, operator, inner).map("".join),
        st.tuples(inner, BRACKET).map("".join),
        inner.map("({})".format),
    )


PATHS = st.recursive(NAME | BRACKET | st.just("$"), _joined, max_leaves=5)
BROKEN = st.text(alphabet="$.ab[]()*,:'\"`\\|&? -12~@=\n", max_size=12)


def found_by_the_library(expression: str, value: object) -> Any:
    """The first match, as the platform takes it, or what goes wrong."""
    try:
        matches = parse(expression).find(value)
        return matches[0].value if matches else None
    except Exception as failure:  # noqa: BLE001 - whatever goes wrong is compared
        return (type(failure).__name__, str(failure))


def found_by_the_worker(expression: str, value: object) -> Any:
    try:
        return extract(value, {"x": compile_expression(expression)})["x"]
    except Exception as failure:  # noqa: BLE001 - whatever goes wrong is compared
        name = type(failure).__name__
        return (failure.name if isinstance(failure, ExpressionError) else name, str(failure))


@settings(deadline=None)
@given(PATHS, VALUES)
@example("$.a.`parent`.`parent`", {"a": 1})
@example("`parent`..a", {"a": 1})
@example("$..*", {"a": {"b": 1}})
@example("a..a", {"a": {"a": {"a": 1}}})
@example("$..a[0:1]", {"a": [{"a": [1, 2]}]})
@example("a[*]", {"a": 3})
@example("a.(b|c).d", {"a": {"c": {"d": 1}}})
@example("b.$.a", {"a": 1, "b": 2})
def test_the_worker_finds_what_the_library_finds(path: str, value: object) -> None:
    expected, found = found_by_the_library(path, value), found_by_the_worker(path, value)
    assert found == expected
    assert type(found) is type(expected)


@settings(deadline=None)
@given(BROKEN, VALUES)
@example("", 1)
@example("$.", 1)
@example("a b", 1)
@example("$[?(@.a)]", 1)
@example("`len`", 1)
@example("'a", 1)
@example("a&b", {"a": 1})
@example("(" * 3000 + "a" + ")" * 3000, {"a": 1})
def test_what_cannot_be_read_is_said_as_the_library_does(text: str, value: object) -> None:
    assert found_by_the_worker(text, value) == found_by_the_library(text, value)


@pytest.mark.parametrize(
    ("expression", "steps"),
    [
        ("$", [["root"]]),
        ("$.a['c-d'][-1]", [["root"], ["fields", "a"], ["fields", "c-d"], ["index", -1]]),
        ("$..x", [["root"], ["descendants", [["fields", "x"]]]]),
        ("a[1:]", [["fields", "a"], ["slice", 1, None, None]]),
        ("a|b", [["union", [["fields", "a"]], [["fields", "b"]]]]),
    ],
)
def test_the_steps_of_an_expression(expression: str, steps: object) -> None:
    assert compile_expression(expression) == steps


def test_one_broken_expression_leaves_the_others() -> None:
    compiled = compile_extractor({"good": "a", "bad": "$."})
    assert compiled["good"] == [["fields", "a"]]
    assert compiled["bad"] == {
        "error": "Parse error near the end of string!",
        "exception": "JsonPathParserError",
    }


def test_nesting_without_end_is_an_error() -> None:
    assert "error" in str(compile_expression(".".join(["a..(a"] * 5000) + ")" * 5000))
