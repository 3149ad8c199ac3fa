"""Saved cases run over LSP, with the agent served for them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.editor import SHELL, Editor, RefusedError
from lsp.served import environment, start, write_agent

Json = dict[str, Any]

MAIN = """import time
from pathlib import Path


def greet(name="you"):
    return "hello " + name


def order(count):
    return {"items": [{"name": f"item {n}"} for n in range(count)], "total": count}


def count(n=3, wait=0.0):
    for i in range(n):
        time.sleep(wait)
        yield i


def words():
    yield "one, "
    yield "two"


def fail():
    raise ValueError("no luck")


def spin(marker):
    Path(marker).write_text("")
    while True:
        time.sleep(0.01)
"""
TAGS = {
    "greet": "greet",
    "order": "order",
    "count_stream": "count",
    "words_stream": "words",
    "fail": "fail",
    "spin": "spin",
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_agent(tmp_path / "agent", MAIN, **TAGS)


@pytest.fixture
def shell(editors: Callable[..., Editor], config: Path, tmp_path: Path) -> Editor:
    env = {**environment(tmp_path), "RUNAGENT_LS_HISTORY": str(tmp_path / "history.db")}
    editor = editors([tmp_path], SHELL, environment=env)
    editor.start()
    return editor


class Cases:
    """Writes cases of the agent and runs them."""

    def __init__(self, shell: Editor, config: Path) -> None:
        self.shell = shell
        self.config = config

    def write(self, tag: str, content: Json, name: str = "case") -> str:
        path = self.config.parent / ".runagent" / "cases" / tag / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2), "utf-8")
        self.shell.files_changed((path, 1))
        return path.as_uri()

    def begin(self, uri: str, run_id: str = "r1") -> int:
        params = {"runId": run_id, "uri": uri, "serve": {"interpreter": sys.executable}}
        return self.shell.begin("runagent/cases/run", params)

    def run(self, tag: str, inputs: Json, expect: Json | None) -> Json:
        content: Json = {"inputs": inputs} | ({} if expect is None else {"expect": expect})
        result: Json = self.shell.answer(self.begin(self.write(tag, content)))
        assert result["passed"] == (not result["failures"])
        return result

    def failed(self, tag: str, inputs: Json, expect: Json | None) -> list[tuple[str, str]]:
        found = self.run(tag, inputs, expect)["failures"]
        return [(it["expectation"], it["message"]) for it in found]


@pytest.fixture
def cases(shell: Editor, config: Path) -> Cases:
    return Cases(shell, config)


def test_a_case_passes_and_is_shown_like_a_run(cases: Cases) -> None:
    expect = {"equals": [0, 1, 2], "minChunks": 3, "contains": "012", "maxTotalMs": 60_000}
    result = cases.run("count_stream", {}, expect)
    assert result["failures"] == []
    assert (result["outcome"]["state"], result["outcome"]["chunks"]) == ("completed", 3)
    shown = [item["value"] for it in cases.shell.of("runagent/output") for item in it["items"]]
    assert shown == [0, 1, 2]
    states = {it["state"] for it in cases.shell.of("runagent/runState") if it["runId"] == "r1"}
    assert {"serving", "resolving", "connecting", "running"} <= states
    recorded = cases.shell.request("runagent/history/list", {})["runs"]
    assert [it["historyId"] for it in recorded] == [result["outcome"]["historyId"]]


def test_each_expectation_that_is_not_met_is_told_with_its_place(cases: Cases) -> None:
    expect = {
        "equals": "hello Bob",
        "contains": ["hello", "ADA"],
        "regex": "^bye",
        "schema": {"type": "integer"},
        "jsonPath": [{"path": "$", "equals": "hello Ada"}, {"path": "$.name", "exists": True}],
    }
    result = cases.run("greet", {"name": "Ada"}, expect)
    found = {it["expectation"]: it for it in result["failures"]}
    assert list(found) == ["equals", "contains[1]", "regex", "schema", "jsonPath[1].exists"]
    equals = found["equals"]
    assert (equals["expected"], equals["actual"]) == ("hello Bob", "hello Ada")
    assert equals["range"]["start"] == {"line": 5, "character": 14}
    assert "in another case" in found["contains[1]"]["message"]
    assert found["regex"]["message"] == 'The output does not match "^bye".'
    assert "must be a whole number" in found["schema"]["message"]
    assert found["jsonPath[1].exists"]["message"] == "$.name finds nothing."


def test_the_text_of_a_stream_does_not_depend_on_its_chunks(cases: Cases) -> None:
    assert cases.failed("words_stream", {}, {"equals": "one, two", "regex": "^one, two$"}) == []
    message = "The output has 2 items, not 1."
    assert cases.failed("words_stream", {}, {"equals": ["one, two"]}) == [("equals", message)]


def test_places_of_a_result(cases: Cases) -> None:
    expect: Json = {
        "jsonPath": [
            {"path": "$.items[*].name", "count": 2, "equals": ["item 0", "item 1"]},
            {"path": "$.items[1].name", "equals": "item 1", "regex": r"\d$"},
            {"path": "$.items[?(@.name == 'item 1')]", "count": 1},
            {"path": "$.none", "exists": False},
        ]
    }
    assert cases.failed("order", {"count": 2}, expect) == []
    first, second = cases.failed("order", {"count": 3}, expect)
    assert first == ("jsonPath[0].count", "$.items[*].name finds 3 places, not 2.")
    assert second == ("jsonPath[0].equals", "$.items[*].name has 3 items, not 2.")


def test_a_run_that_fails_fails_the_case_unless_that_is_expected(cases: Cases) -> None:
    ((name, message),) = cases.failed("fail", {}, {"equals": 1})
    assert name == "completes" and "no luck" in message
    code = cases.run("fail", {}, None)["outcome"]["error"]["code"]
    assert cases.failed("fail", {}, {"error": code}) == []
    ((name, message),) = cases.failed("greet", {}, {"error": code})
    assert (name, message) == ("error", f"The run was to fail with {code}, but it completed.")
    ((name, message),) = cases.failed("fail", {}, {"error": "TIMEOUT"})
    assert name == "error" and f"it failed with {code}" in message


def test_limits_of_time_and_number(cases: Cases) -> None:
    expect = {"maxFirstChunkMs": 1, "maxTotalMs": 2, "minChunks": 4}
    found = cases.failed("count_stream", {"n": 2, "wait": 0.02}, expect)
    assert [name for name, _ in found] == ["maxFirstChunkMs", "maxTotalMs", "minChunks"]
    assert found[2][1] == "2 chunks came, at least 4 were expected."


def test_the_function_gets_inputs_of_every_kind(cases: Cases) -> None:
    uri = cases.write("greet", {"args": ["Ada"], "expect": {"equals": "hello Ada"}})
    assert cases.shell.answer(cases.begin(uri))["passed"]
    uri = cases.write("greet", {"kwargs": {"name": "Eve"}, "expect": {"equals": "hello Eve"}})
    assert cases.shell.answer(cases.begin(uri))["passed"]


def test_a_case_can_be_cancelled(cases: Cases, tmp_path: Path) -> None:
    marker = tmp_path / "begun"
    request = cases.begin(cases.write("spin", {"inputs": {"marker": str(marker)}}))
    cases.shell.until(marker.exists, "the function has begun")
    cancelled = cases.shell.request("runagent/cancel", {"runId": "r1"})
    assert (cancelled["found"], cancelled["stopped"]) == (True, True)
    result = cases.shell.answer(request)
    assert (result["passed"], result["outcome"]["state"]) == (False, "cancelled")
    assert result["failures"][0]["message"] == "The run was cancelled."


@pytest.mark.parametrize(
    ("tag", "content", "message"),
    [
        ("greet", {"inputs": {"nam": "Ada"}}, "did you mean name?"),
        ("gret", {}, "no entrypoint with the tag 'gret'"),
        ("order", {}, "count is missing"),
        ("greet", {"expect": {"regex": "("}}, "no regular expression"),
        ("greet", {"expect": {"schema": {"type": 5}}}, "no JSON Schema"),
        ("greet", {"expect": {"jsonPath": [{"path": "$[", "exists": True}]}}, "no JSONPath"),
        ("greet", {"expect": {"minChunks": 1}}, "for streams"),
    ],
)
def test_what_cannot_be_run_is_refused(cases: Cases, tag: str, content: Json, message: str) -> None:
    uri = cases.write(tag, content)
    with pytest.raises(RefusedError) as refused:
        cases.shell.answer(cases.begin(uri))
    assert message in refused.value.message
    (listed,) = cases.shell.request("runagent/cases", {})["cases"]
    assert message in listed["problem"]


def test_a_case_that_expects_an_error_may_give_wrong_inputs(cases: Cases) -> None:
    ((name, message),) = cases.failed("order", {"cont": 1}, {"error": "NO_SUCH_CODE"})
    assert name == "error" and "unexpected keyword argument 'cont'" in message


def test_a_case_runs_where_and_as_long_as_it_is_told(cases: Cases, tmp_path: Path) -> None:
    status = start(cases.shell, cases.config)
    uri = cases.write("greet", {"expect": {"equals": "hello you"}})
    params: Json = {"runId": "r1", "uri": uri, "target": {"port": status["port"]}}
    result = cases.shell.request("runagent/cases/run", params)
    assert (result["passed"], result["outcome"]["target"]["source"]) == (True, "explicit")
    uri = cases.write("spin", {"inputs": {"marker": str(tmp_path / "begun")}})
    params = {"runId": "r1", "uri": uri, "timeouts": {"total": 0.5}}
    result = cases.shell.request("runagent/cases/run", params)
    assert result["outcome"]["error"]["code"] == "TIMEOUT"
    assert [it["expectation"] for it in result["failures"]] == ["completes"]
    with pytest.raises(RefusedError, match="excludes target"):
        elsewhere = {"cloud": True, "port": 1}
        cases.shell.request("runagent/cases/run", {**params, "target": elsewhere})


def test_an_agent_that_nobody_serves(cases: Cases) -> None:
    uri = cases.write("greet", {})
    params = {"runId": "r1", "uri": uri}
    result = cases.shell.request("runagent/cases/run", params)
    assert result["failures"][0]["expectation"] == "completes"
    assert result["outcome"]["error"]["code"] == "AGENT_ADDRESS_NOT_FOUND"
