"""Arguments of every shape, as the function gets them and as a call that does not fit fails."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.asking import first_message, run
from conformance.pair import Pair, ServeBoth
from conformance.projects import entrypoint, source, write_project

NAMES = ["echo", "types", "strict", "annotated", "required", "builtin", "operator_call"]
STREAMS = ["echo_items", "required_items"]


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    entrypoints = [entrypoint(name) for name in NAMES]
    entrypoints += [entrypoint(name, f"{name}_stream") for name in STREAMS]
    entrypoints += [entrypoint("Service", "a class"), entrypoint("echo", "")]
    entrypoints += [entrypoint("Service.shared.__class__", "a type")]
    entrypoints += [entrypoint("echo", tag) for tag in ODD_TAGS]
    folder = tmp_path_factory.mktemp("arguments") / "agent"
    return serve_both(write_project(folder, {"main.py": source("callables.py")}, entrypoints))


ODD_TAGS = [
    "X_STREAM",
    "stream",
    "foo_stream ",
    "ü 🦉",
    "a/b",
    "../x",
    "%2e%2e",
    "with space",
    "\n",
    "'\"",
]

FITTING: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("echo", [], {}),
    ("echo", [None, True, 1, 1.5, "ü", [], {}], {}),
    ("echo", [], {"a": None, "ü": [1], "with space": 1, "": 2, "class": 3}),
    ("echo", [[[[]]], {"a": {"b": {}}}], {"self": 1, "args": 2, "kwargs": 3, "tag": 4}),
    ("echo", ["x" * 100_000], {}),
    ("echo", [2**70, -(2**70), 1e22, -0.0], {}),
    ("echo", ["\x00\u2028🦉 [/b] ${HOME} {id}"], {}),
    ("types", [1, 1.0, "1", True, None, [], {}], {}),
    ("types", [math.nan, math.inf, 10**400], {}),
    ("strict", [1, 2], {"c": 3}),
    ("strict", [1], {"b": 2, "c": 3}),
    ("annotated", ["not a number"], {"flag": "no"}),
    ("required", ["x"], {}),
    ("builtin", [[1, 2]], {}),
    ("operator_call", [1, 2], {}),
    ("a class", [], {"start": 3}),
]

UNFITTING: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("required", [], {}),
    ("required", [], {"nme": "x"}),
    ("required", ["a", "b"], {}),
    ("required", ["a"], {"name": "b"}),
    ("required", ["a"], {"other": 1}),
    ("strict", [], {}),
    ("strict", [1, 2, 3], {}),
    ("strict", [], {"a": 1, "b": 2, "c": 3}),
    ("strict", [1, 2], {}),
    ("a class", [], {"stat": 3}),
]


@pytest.mark.parametrize(("tag", "args", "kwargs"), FITTING)
def test_fitting(pair: Pair, tag: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    answer = pair.same(run_of(tag, args, kwargs))
    assert answer["body"]["success"] is True


def run_of(tag: Any, args: Any, kwargs: Any) -> Any:
    body = {"entrypoint_tag": tag, "input_args": args, "input_kwargs": kwargs}
    return replace(run(""), body=body)


@pytest.mark.parametrize(("tag", "args", "kwargs"), UNFITTING)
def test_unfitting(pair: Pair, tag: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    answer = pair.same(run_of(tag, args, kwargs), "argument-problems")
    error = answer["body"]["error"]
    assert error["code"] == "VALIDATION_ERROR"
    named = [problem["parameter"] for problem in error["details"]["problems"]]
    assert error["field"] == next(filter(None, named), None)


def test_a_builtin_without_a_signature_to_hold_it_against(pair: Pair) -> None:
    """Nothing is claimed of arguments when Python cannot tell either."""
    pair.same(run_of("builtin", [5], {}))
    pair.same(run_of("a type", [1, 2, 3, 4, 5], {}))


@pytest.mark.parametrize("tag", ["", *ODD_TAGS])
def test_odd_tags(pair: Pair, tag: str) -> None:
    pair.same(run(tag, 1))
    pair.same_stream(first_message(tag, 1))


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ([], {}),
        (["a"], {"b": [1]}),
        ([None, 2**70], {"": 1, "self": 2}),
        ("abc", {}),
        ({"x": 1, "y": 2}, {}),
        ("", {}),
        (["x" * 200_000], {}),
    ],
)
def test_streams(pair: Pair, args: Any, kwargs: Any) -> None:
    body = {"entrypoint_tag": "echo_items_stream", "input_args": args, "input_kwargs": kwargs}
    answer = pair.same_stream(json.dumps(body))
    assert answer["frames"][-1]["status"] == "stream_completed"


@pytest.mark.parametrize(("args", "kwargs"), [([], {}), ([], {"nme": 1}), ([1, 2], {})])
def test_unfitting_streams(pair: Pair, args: Any, kwargs: Any) -> None:
    body = {"entrypoint_tag": "required_items_stream", "input_args": args, "input_kwargs": kwargs}
    answer = pair.same_stream(json.dumps(body), differs="stream-error-keys")
    assert answer["frames"][-1]["details"]["problems"]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    args=st.lists(JSON_VALUES, max_size=3),
    kwargs=st.dictionaries(st.text(), JSON_VALUES, max_size=3),
)
def test_any_json(pair: Pair, args: list[Any], kwargs: dict[str, Any]) -> None:
    pair.same(run_of("echo", args, kwargs))
    body = {"entrypoint_tag": "echo_items_stream", "input_args": args, "input_kwargs": kwargs}
    pair.same_stream(json.dumps(body))
