"""Outputs and chunks as the platform's own serializer writes them, in the same interpreter."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from serve_real_agent import interpreter
from worker_client import Worker, entry, worker

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
VALUES = FIXTURES / "conformance" / "values.py"
NAMES = re.findall(r'^    "(.*?)": ', VALUES.read_text("utf-8"), re.MULTILINE)
RECORDED: dict[str, list[dict[str, str]]] = json.loads(
    (FIXTURES / "wire" / "output-encodings.json").read_text("utf-8")
)

TOO_DEEP = {"cyclic list", "cyclic dict", "cyclic objects", "900 levels", "5000 levels"}
"""How far Python comes with them, and in which words it gives up, depends on the stack."""
NO_TEXT = {"object without text", "[object without text]"}

SOURCE = """
from values import VALUES
from runagent.sdk.server.socket_utils import AgentWebSocketHandler
from runagent.utils.serializer import CoreSerializer

MADE = {}

def value(name):
    if name not in MADE:
        MADE[name] = VALUES[name]()
    return MADE[name]

def value_stream(name):
    yield value(name)

def platform_result(name):
    return CoreSerializer(5.0).serialize_object_to_structured(value(name))

def platform_chunk(name):
    handler = AgentWebSocketHandler(None, object())
    plain = handler._convert_chunk_to_serializable(value(name))
    return handler.serializer.serialize_object_to_structured(plain)
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """An agent whose interpreter has the platform's package."""
    folder = tmp_path_factory.mktemp("values") / "agent"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    shutil.copy(VALUES, folder)
    (folder / "main.py").write_text(SOURCE, "utf-8")
    tags = ["value", "value_stream", "platform_result", "platform_chunk"]
    with worker(interpreter()) as running:
        assert running.load(folder, [entry(tag) for tag in tags]).kind == "READY"
        yield running


def of_platform(running: Worker, tag: str, name: str) -> str:
    told: Any = json.loads(running.result(tag, name))
    text = json.loads(told["payload"])
    assert isinstance(text, str)
    return text


def key(name: str) -> str:
    """The key as the program has it."""
    return name.replace("\\\\", "\\")


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in TOO_DEEP - {"cyclic objects"}]
)
def test_a_result_is_the_platforms(both: Worker, name: str) -> None:
    assert both.result("value", key(name)) == of_platform(both, "platform_result", key(name))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in TOO_DEEP | NO_TEXT])
def test_a_chunk_is_the_platforms(both: Worker, name: str) -> None:
    run = both.start("value_stream", key(name))
    assert both.end_of(run).kind == "DONE"
    assert both.contents(run) == [of_platform(both, "platform_chunk", key(name))]


@pytest.mark.parametrize("name", sorted(TOO_DEEP - {"cyclic objects"}))
def test_what_is_too_deep_is_a_result_that_says_so(both: Worker, name: str) -> None:
    told = json.loads(both.result("value", name))
    payload = json.loads(told["payload"])
    assert payload["error"].startswith("Serialization Error: maximum recursion depth exceeded")
    assert (told["type"], payload["original_type"]) == (
        "object",
        "<class 'dict'>" if name == "cyclic dict" else "<class 'list'>",
    )


@pytest.mark.parametrize("name", ["cyclic list", "cyclic dict"])
def test_a_chunk_that_cannot_be_converted_says_which_it_was(both: Worker, name: str) -> None:
    run = both.start("value_stream", name)
    assert both.end_of(run).kind == "DONE"
    (content,) = both.contents(run)
    payload = json.loads(json.loads(content)["payload"])
    assert payload["chunk_number"] == 1
    assert payload["conversion_error"].startswith("maximum recursion depth exceeded")
    assert payload["chunk_str"] in {"[1, [...]]", "{'a': 1, 'self': {...}}"}


@pytest.mark.parametrize("name", sorted(NO_TEXT))
def test_a_chunk_without_any_text_ends_the_stream(both: Worker, name: str) -> None:
    with_tag = both.error("value_stream", name)
    assert (with_tag["exception"], with_tag["message"]) == ("RuntimeError", "no text")
    assert both.error("platform_chunk", name)["message"] == "no text"


def test_every_recorded_value_is_compared() -> None:
    rows = RECORDED["run_data_field"] + RECORDED["stream_content_field"]
    recorded = {row.get("python_return") or row["python_chunk"] for row in rows}
    assert recorded - {key(name) for name in NAMES} <= {"[pydantic model]"}
