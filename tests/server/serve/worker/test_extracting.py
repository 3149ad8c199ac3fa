"""Extractors find what jsonpath-ng finds, on values and on live objects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from jsonpath_ng import parse

from runagent_ls.serve.supervisor.extractors import compile_expression, compile_extractor
from runagent_ls.serve.worker.extracting import Match, walk
from serve_real_agent import interpreter
from worker_client import Worker, agent, entry, worker

DATA: dict[str, Any] = {
    "a": {"b": [{"x": 1}, {"x": 2, "y": {"x": 3}}], "c-d": 4, "": 5},
    "list": [10, 20, 30, 40],
    "text": "word",
    "none": None,
    "zero": 0,
    "empty": [],
    "nested": [[1, 2], [3, [4]]],
    "x": {"x": {"x": "deep"}},
}
EXPRESSIONS = [
    "$",
    "$.a",
    "a.b",
    "$.a.b[0].x",
    "$.a.b[*].x",
    "$.a['c-d']",
    '$.a."c-d"',
    "$..x",
    "$.a..x",
    "$..b[0]",
    "$.*",
    "$.*.x",
    "$.a.*",
    "$.list[-1]",
    "$.list[1:3]",
    "$.list[::2]",
    "$.list[::-1]",
    "$.list[9]",
    "$.list[*]",
    "$.text[0]",
    "$.text[*]",
    "$.zero[*]",
    "$.none[*]",
    "$.none.a",
    "$.empty[0]",
    "$.empty[*]",
    "$.nested[0][1]",
    "$.nested[*][*]",
    "$.nope",
    "$.a,list",
    "$.a.b[0],x",
    "`this`",
    "$.a.`this`.b",
    "$.a.b.`parent`",
    "$.a.b[0].`parent`.`parent`",
    "$.a.b[*].y.`parent`.x",
    "$.a.$.text",
    "$..`parent`",
    "a|list",
    "$.(a|text)",
    "$.x..x",
    "x..x",
    "$..*",
    "$..[0]",
    "$.list[-9]",
    "$.a[0,1]",
    "$.list[0,2]",
    "$.* where x",
    "$..* where y",
    "$.* wherenot x",
    "$..x where `this`",
]


def outcome(find: Callable[[], Sequence[Any]]) -> Any:
    """All values in order, or how it fails."""
    try:
        return [match.value for match in find()]
    except (AttributeError, LookupError, TypeError, NotImplementedError) as failure:
        return type(failure)


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("data", [DATA, DATA["list"], "text", 7, None, [DATA]])
def test_matches_are_those_of_jsonpath_ng(expression: str, data: Any) -> None:
    steps = compile_expression(expression)
    if isinstance(steps, dict):
        with pytest.raises(Exception, match=re.escape(str(steps["error"]))):
            parse(expression)
        return
    expected = outcome(lambda: parse(expression).find(data))
    if expected is not AttributeError:
        # Its walks over what the whole output is in differ only in how they fail.
        assert outcome(lambda: walk(Match(data, None), cast("list[list[Any]]", steps))) == expected


def test_most_expressions_are_read() -> None:
    unread = [each for each in EXPRESSIONS if isinstance(compile_expression(each), dict)]
    assert len(unread) < len(EXPRESSIONS) / 4, unread


OBJECTS = """
import dataclasses
from typing import NamedTuple
from pydantic import BaseModel
from runagent.utils.response import extract_jsonpath

class Model(BaseModel):
    a: int = 1
    inner: dict = {"b": [1, 2]}

@dataclasses.dataclass
class Data:
    a: int = 1
    inner: Model = dataclasses.field(default_factory=Model)

class Named(NamedTuple):
    a: int = 1

class Plain:
    def __init__(self):
        self.a, self._b, self.inner = 1, 2, {"b": 3}

class Slots:
    __slots__ = ("a",)
    def __init__(self):
        self.a = 1

class Failing:
    def model_dump(self):
        raise ValueError("no")

class Lies:
    def dict(self):
        return [{"a": 1}]

MAKERS = {
    "model": Model, "data": Data, "named": Named, "plain": Plain, "slots": Slots,
    "failing": Failing, "lies": Lies, "list": lambda: [{"a": 1}], "text": lambda: '{"a": 1}',
    "none": lambda: None, "set": lambda: {1}, "list of models": lambda: [Model()],
    "dict of models": lambda: {"inner": Model(), "a": Data()}, "number": lambda: 4,
}
EXPRESSIONS = %r

def extracted(name):
    return MAKERS[name]()

def extracted_stream(name):
    yield MAKERS[name]()

def platform(name):
    return extract_jsonpath(MAKERS[name](), EXPRESSIONS)
"""
EXTRACTOR = {"a": "$.a", "b": "$.inner.b[0]", "any": "$..b", "private": "$._b", "all": "$[0]"}


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    folder = tmp_path_factory.mktemp("objects")
    (folder / "main.py").write_text(OBJECTS % EXTRACTOR, "utf-8")
    extractor = compile_extractor(EXTRACTOR)
    entries = [entry("platform")]
    entries += [entry(tag, extractor=extractor) for tag in ("extracted", "extracted_stream")]
    with worker(interpreter()) as running:
        assert running.load(folder, entries).kind == "READY"
        yield running


@pytest.mark.parametrize(
    "name",
    [
        "model",
        "data",
        "named",
        "plain",
        "slots",
        "failing",
        "lies",
        "list",
        "text",
        "none",
        "set",
        "list of models",
        "dict of models",
        "number",
    ],
)
def test_objects_are_looked_into_as_by_the_platform(objects: Worker, name: str) -> None:
    expected, found = objects.call("platform", name), objects.call("extracted", name)
    assert found.kind == expected.kind
    if found.kind == "ERROR":
        assert found.message["message"] == expected.message["message"]
        return
    assert json.loads(json.loads(found.payload)["payload"]) == json.loads(
        json.loads(expected.payload)["payload"]
    )
    run = objects.start("extracted_stream", name)
    assert objects.end_of(run).kind == "DONE"
    assert objects.contents(run) == [found.payload.decode("utf-8")]


@pytest.mark.parametrize(
    ("expression", "exception", "message"),
    [
        ("$.", "Exception", "Parse error near the end of string!"),
        ("?", "JsonPathLexerError", "Unexpected character: ?"),
        ("`parent`", "AttributeError", "'NoneType' object has no attribute 'value'"),
    ],
)
def test_an_expression_that_is_none_fails_when_it_is_called(
    tmp_path: Path, expression: str, exception: str, message: str
) -> None:
    extractor = compile_extractor({"x": expression})
    source = "def now():\n    return {}\n"
    with agent(tmp_path, source, entry("now", extractor=extractor)) as running:
        error = running.error("now")
        assert message in error["message"]
        assert error["kind"] == "raised"
        assert exception in {error["exception"], "Exception"}
