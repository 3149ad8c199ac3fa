"""What becomes of each output, as the answer of a run and as a chunk of a stream."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from conformance.asking import first_message, run
from conformance.pair import Pair, ServeBoth
from conformance.projects import FIXTURES, entrypoint, source, write_project

RECORDED: dict[str, list[dict[str, str]]] = json.loads(
    (FIXTURES / "wire" / "output-encodings.json").read_text(encoding="utf-8")
)
NAMES = re.findall(r'^    "(.*?)": ', source("values.py"), re.MULTILINE)
RUN_DIFFERS: dict[str, str] = {}
STREAM_DIFFERS = {"cyclic objects": "cycles"}


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    entrypoints = [
        entrypoint("value"),
        entrypoint("async_value"),
        entrypoint("one", "one_stream"),
        entrypoint("async_one", "async_one_stream"),
        entrypoint("names"),
    ]
    folder = tmp_path_factory.mktemp("values") / "agent"
    return serve_both(write_project(folder, {"main.py": source("values.py")}, entrypoints))


def key(name: str) -> str:
    """The key as the program has it."""
    return name.replace("\\\\", "\\")


def test_every_value_is_asked_for(pair: Pair) -> None:
    known = json.loads(json.loads(pair.same(run("names"))["body"]["data"])["payload"])
    assert known == [key(name) for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_run(pair: Pair, name: str) -> None:
    pair.same(run("value", key(name)), RUN_DIFFERS.get(name))


@pytest.mark.parametrize("name", NAMES)
def test_stream(pair: Pair, name: str) -> None:
    pair.same_stream(first_message("one_stream", key(name)), differs=STREAM_DIFFERS.get(name))


@pytest.mark.parametrize("name", ["None", "{1}", "lone surrogate string", "object without text"])
def test_coroutines_and_async_generators_encode_alike(pair: Pair, name: str) -> None:
    pair.same(run("async_value", name), RUN_DIFFERS.get(name))
    message = first_message("async_one_stream", name)
    pair.same_stream(message, differs=STREAM_DIFFERS.get(name))


# Their text has a name of the recorded program in it.
NAMED = {"object with __slots__", "a generator object", "a class", "an un-awaited coroutine"}


@pytest.mark.parametrize("row", RECORDED["run_data_field"], ids=lambda row: row["python_return"])
def test_recorded_outputs(pair: Pair, row: dict[str, str]) -> None:
    name = row["python_return"]
    answer = pair.same(run("value", name), RUN_DIFFERS.get(name))
    if name not in NAMED:
        assert answer["body"]["data"] == row["data"]


@pytest.mark.parametrize("row", RECORDED["stream_content_field"], ids=lambda r: r["python_chunk"])
def test_recorded_chunks(pair: Pair, row: dict[str, str]) -> None:
    name = row["python_chunk"]
    answer = pair.same_stream(first_message("one_stream", name))
    assert contents(answer) == [row["content"]]


def contents(conversation: dict[str, Any]) -> list[str]:
    return [frame["content"] for frame in conversation["frames"] if frame["type"] == "data"]
