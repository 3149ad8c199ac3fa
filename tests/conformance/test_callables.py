"""Every kind of callable, behind a plain tag and behind a stream tag, and every way to fail."""

from __future__ import annotations

import pytest

from conformance.asking import first_message, run
from conformance.pair import Pair, ServeBoth
from conformance.projects import entrypoint, source, write_project

WORKING = [
    "function",
    "one_lambda",
    "coroutine_function",
    "Service",
    "service.method",
    "service.async_method",
    "service.items",
    "service.async_items",
    "Service.class_method",
    "Service.static_method",
    "Service.Inner.deep",
    "called",
    "async_called",
    "generator_called",
    "builtin",
    "operator_call",
    "partial",
    "async_partial",
    "method_partial",
    "wrapped",
    "wrapped_async",
    "generator",
    "async_generator",
    "wrapped_generator",
    "wrapped_async_generator",
    "partial_generator",
    "partial_async_generator",
    "returns_list",
    "async_returns_list",
    "async_returns_generator",
    "async_returns_async_generator",
    "returns_async_generator",
    "returns_text",
    "returns_dict",
    "returns_none",
    "returns_number",
    "returns_iterator",
    "returns_set_of_one",
    "returns_coroutine",
    "returns_value_at_end",
    "empty",
    "echo",
    "echo_items",
    "where",
]
FAILING = [
    "number",
    "text",
    "Service.shared",
    "raises",
    "async_raises",
    "raises_without_text",
    "raises_two_parts",
    "raises_key_error",
    "raises_deep",
    "raises_group",
    "raises_assertion",
    "raises_unicode",
    "raises_harmless_markup",
    "raises_stop_async_iteration",
    "async_raises_stop_iteration",
    "async_cancelled",
    "generator_exit",
    "times_out",
    "recurses",
    "fails_midway",
    "async_fails_midway",
    "fails_at_once",
    "stop_iteration_midway",
    "raises_type_error_inside",
]
SPECIAL = [
    "raises_markup",
    "raises_stop_iteration",
    "exits",
    "async_exits",
    "interrupts",
    "markup_midway",
    "exits_midway",
]


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    entrypoints = [
        entrypoint(name, tag)
        for name in WORKING + FAILING + SPECIAL
        for tag in (name, f"{name}_stream")
    ]
    folder = tmp_path_factory.mktemp("callables") / "agent"
    return serve_both(write_project(folder, {"main.py": source("callables.py")}, entrypoints))


BOTH_DIFFER = {
    "exits": "exits",
    "async_exits": "exits",
    "interrupts": "exits",
    "async_cancelled": "exits",
    "generator_exit": "exits",
    "raises_markup": "markup",
    "raises_stop_iteration": "stop-iteration",
}
RUN_DIFFERS = {
    **BOTH_DIFFER,
    "builtin": "argument-problems",
    "operator_call": "argument-problems",
}
STREAM_DIFFERS = {
    **BOTH_DIFFER,
    "builtin": "stream-error-keys",
    "operator_call": "stream-error-keys",
    "raises_stop_async_iteration": "stop-iteration",
    "exits_midway": "exits",
    "markup_midway": "markup",
}


THEIRS_S = {"raises_stop_iteration": 2.0}
"""seconds until a missing answer of theirs counts as none"""


@pytest.mark.parametrize("name", WORKING + FAILING + SPECIAL)
def test_run(pair: Pair, name: str) -> None:
    pair.same(run(name), RUN_DIFFERS.get(name), THEIRS_S.get(name))


@pytest.mark.parametrize("name", WORKING + FAILING + SPECIAL)
def test_stream(pair: Pair, name: str) -> None:
    message = first_message(f"{name}_stream")
    pair.same_stream(message, differs=STREAM_DIFFERS.get(name), theirs_s=THEIRS_S.get(name))


def test_both_still_answer(pair: Pair) -> None:
    answer = pair.same(run("function", "after it all"))
    assert answer["body"]["success"] is True


def test_a_failure_does_not_tell_where_it_happened(pair: Pair) -> None:
    """Tracebacks are for the editor alone."""
    answer = pair.same(run("raises_deep"))
    assert answer["body"]["error"]["details"] is None
