"""What both remember of runs: invocations, one of them, stats (section 3.7)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.asking import Request, ask, converse, first_message, run
from conformance.comparing import check, comparable
from conformance.pair import Pair, ServeBoth
from conformance.projects import entrypoint, source, write_project

HISTORY = "/api/v1/agents/{id}/invocations"
LIMIT_S = 20.0

RUNS: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("echo", [1, "ü"], {"a": None}),
    ("returns_none", [], {}),
    ("returns_dict", [], {}),
    ("returns_list", [], {}),
    ("returns_text", [], {}),
    ("returns", [1.5], {}),
    ("raises", ["boom"], {}),
    ("raises_without_text", [], {}),
    ("raises_harmless_markup", [], {}),
    ("required", [], {"nme": 1}),
    ("extracted", [{"x": 1}], {}),
    ("coroutine_function", [], {}),
]
# What is kept of their outputs differs.
KEPT_DIFFERENTLY: list[tuple[str, list[Any]]] = [
    ("returns_set_of_one", []),
    ("returns_iterator", []),
    ("returns", [0]),
    ("returns", [""]),
    ("returns", [[]]),
    ("returns", [{}]),
    ("returns", [False]),
]
STREAMS: list[tuple[str, list[Any]]] = [
    ("generator_stream", [3]),
    ("generator_stream", [0]),
    ("generator_stream", [25]),
    ("async_generator_stream", [2]),
    ("fails_midway_stream", []),
    ("returns_none_stream", []),
    ("echo_items_stream", ["ü"]),
    ("extracted_stream", [2]),
]
UNRECORDED = ["nope", "generator_stream"]


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    plain = {tag for tag, _, _ in RUNS} - {"returns", "extracted"}
    entrypoints = [entrypoint(name) for name in sorted(plain)]
    entrypoints += [
        entrypoint(name, f"{name}_stream")
        for name in ("generator", "async_generator", "fails_midway", "returns_none", "echo_items")
    ]
    entrypoints += [
        entrypoint("Service.static_method", "returns"),
        entrypoint("Service.static_method", "extracted", extractor={"x": "$.x"}),
        entrypoint("generator", "extracted_stream", extractor={"i": "$.i"}),
    ]
    folder = tmp_path_factory.mktemp("history") / "agent"
    return serve_both(write_project(folder, {"main.py": source("callables.py")}, entrypoints))


@pytest.fixture(scope="module")
def remembered(pair: Pair) -> Pair:
    """After the same runs of every kind on both."""
    for server in (pair.theirs, pair.ours):
        for tag, args, kwargs in RUNS:
            ask(server, run(tag, *args, **kwargs))
        for tag, args in STREAMS:
            converse(server, first_message(tag, *args))
        for tag in UNRECORDED:
            ask(server, run(tag))
        _wait_until_recorded(server)
    return pair


def _wait_until_recorded(server: Any) -> None:
    """The end of a stream may be written after its last frame."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        stats = ask(server, Request("GET", f"{HISTORY}/stats")).body["stats"]
        if (
            stats["total_invocations"] == len(RUNS) + len(STREAMS)
            and not (stats["pending_invocations"])
        ):
            return
        time.sleep(0.05)
    raise AssertionError(stats)


def rows(server: Any, query: str = "?limit=100") -> list[dict[str, Any]]:
    """Comparable rows in an order of their own: within a second the platform has none."""
    answer = comparable(ask(server, Request("GET", HISTORY + query)), server)
    found: list[dict[str, Any]] = answer["body"]["invocations"]
    return sorted(found, key=lambda row: repr((row["entrypoint_tag"], row["input_data"])))


def test_rows(remembered: Pair) -> None:
    theirs, ours = rows(remembered.theirs), rows(remembered.ours)
    assert len(theirs) == len(RUNS) + len(STREAMS)
    check(theirs, ours)


def test_stats(remembered: Pair) -> None:
    answer = remembered.same(Request("GET", f"{HISTORY}/stats"))
    assert answer["body"]["stats"]["failed_invocations"] > 3


@pytest.mark.parametrize(
    "query",
    [
        "?status=completed",
        "?status=failed",
        "?status=pending",
        "?status=nonsense",
        "?status=",
        "?limit=100&status=failed",
        "?unknown=1&limit=100",
    ],
)
def test_filters(remembered: Pair, query: str) -> None:
    check(rows(remembered.theirs, query), rows(remembered.ours, query))


@pytest.mark.parametrize("limit", ["1", "3", "0", "-1", "1000000", "x", "", "1.0", "1e3", "%00"])
def test_limits(remembered: Pair, limit: str) -> None:
    """Which rows they are is open within a second; how many is not."""
    query = f"?limit={limit}"
    theirs, ours = (
        comparable(ask(server, Request("GET", HISTORY + query)), server)
        for server in (remembered.theirs, remembered.ours)
    )
    check(_counted(theirs), _counted(ours))


def _counted(answer: Mapping[str, Any]) -> dict[str, Any]:
    body = answer["body"]
    if "invocations" in body:
        body = {**body, "invocations": len(body["invocations"])}
    return {**answer, "body": body}


def test_one_invocation(remembered: Pair) -> None:
    for tag, args, kwargs in (RUNS[0], ("generator_stream", [3], {}), ("raises", ["boom"], {})):
        inputs = {"input_args": args, "input_kwargs": kwargs}
        found = []
        for server in (remembered.theirs, remembered.ours):
            all_rows = ask(server, Request("GET", f"{HISTORY}?limit=100")).body["invocations"]
            mine = [r for r in all_rows if (r["entrypoint_tag"], r["input_data"]) == (tag, inputs)]
            path = f"/api/v1/invocations/{mine[0]['invocation_id']}"
            answer = ask(server, Request("GET", path))
            assert answer.body == mine[0]
            found.append(comparable(answer, server))
        theirs, ours = found
        check(theirs, ours)


def test_the_started_frame_names_the_invocation(pair: Pair) -> None:
    for server in (pair.theirs, pair.ours):
        frames = converse(server, first_message("generator_stream", 1)).frames
        path = f"/api/v1/invocations/{frames[0]['invocation_id']}"
        assert ask(server, Request("GET", path)).body["entrypoint_tag"] == "generator_stream"


@pytest.mark.parametrize(("tag", "args"), KEPT_DIFFERENTLY)
def test_outputs_that_are_kept_differently(other: Pair, tag: str, args: list[Any]) -> None:
    answer = other.same(run(tag, *args))
    found = []
    for server in (other.theirs, other.ours):
        kept = [row for row in rows(server) if row["entrypoint_tag"] == tag]
        # 0 and False are equal, their texts are not
        found += [row for row in kept if repr(row["input_data"]["input_args"]) == repr(args)]
    theirs, ours = found
    check(theirs, ours, "kept-outputs")
    assert ours["output_data"] == json.loads(json.loads(answer["body"]["data"])["payload"])


@pytest.fixture(scope="module")
def other(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """An agent whose history nobody counts."""
    names = ("returns_set_of_one", "returns_iterator")
    entrypoints = [entrypoint(name) for name in names]
    entrypoints.append(entrypoint("Service.static_method", "returns"))
    folder = tmp_path_factory.mktemp("kept") / "agent"
    return serve_both(write_project(folder, {"main.py": source("callables.py")}, entrypoints))
