"""`runagent-ls test`: saved cases run from the command line, against agents that really run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from agent_folders import write_agent
from cloud_stand_in import RunningCloud
from run_cli import COMMAND, LIMIT_S, Cli, Done, environment
from serve_real_agent import RunningAgent

Json = dict[str, Any]

SOURCE: Final = '''import os
import time
from pathlib import Path


def greet(name="you"):
    return "hello " + name


def count(n=3):
    for i in range(n):
        yield i


def fail():
    raise ValueError("no luck")


def every_second(counter):
    """Gives 1, 0, 1, 0, ... call by call."""
    path = Path(counter)
    calls = int(path.read_text()) if path.exists() else 0
    path.write_text(str(calls + 1))
    return (calls + 1) % 2


def secret():
    return os.environ["DEMO_API_KEY"]


def wait(marker):
    Path(marker).write_text("")
    time.sleep(60)
'''
TAGS: Final = {
    "greet": "greet",
    "count_stream": "count",
    "fail": "fail",
    "every_second": "every_second",
    "secret": "secret",
    "wait": "wait",
}


class Agent:
    """An agent in a folder of its own, with cases, and the command beside it."""

    def __init__(self, cli: Cli, root: Path) -> None:
        entrypoints = [
            {"file": "main.py", "module": module, "tag": tag} for tag, module in TAGS.items()
        ]
        self.folder = write_agent(root / "agent", {"main.py": SOURCE}, entrypoints)
        self.env = {
            "RUNAGENT_LS_STATE": str(root / "state"),
            "RUNAGENT_CACHE_DIR": str(root / "cache"),
            "RUNAGENT_LS_HISTORY": str(root / "history.db"),
            "DEMO_API_KEY": "tops3cret-tops3cret-tops3cret",
        }
        self.cli = cli

    def case(self, tag: str, name: str, content: object = None) -> Path:
        return write_case(self.folder, tag, name, content)

    def test(self, *arguments: object) -> Done:
        return self.cli("test", *arguments, cwd=self.folder, env=self.env)

    def json(self, *arguments: object) -> Json:
        report: Json = json.loads(self.test("--output-format", "json", *arguments).out)
        return report

    def junit(self, *arguments: object) -> ET.Element:
        root = ET.fromstring(self.test("--output-format", "junit", *arguments).out)
        check_junit(root)
        return root


def write_case(folder: Path, tag: str, name: str, content: object = None) -> Path:
    path = folder / ".runagent" / "cases" / tag / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content or {}, indent=2)
    path.write_text(text, "utf-8")
    return path


# What Jenkins' junit-10.xsd allows in the elements that we write.
JUNIT: Final[dict[str, tuple[set[str], set[str]]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "time"}, {"testcase"}),
    "testcase": ({"name", "classname", "time"}, {"failure", "error"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
}


def check_junit(element: ET.Element) -> None:
    """Only known attributes and children, and sums that are those of the parts."""
    attributes, children = JUNIT[element.tag]
    assert set(element.keys()) <= attributes
    assert {child.tag for child in element} <= children
    if element.tag in ("testsuites", "testsuite"):
        cases = list(element.iter("testcase"))
        assert int(element.get("tests", "")) == len(cases) > 0
        for name in ("failure", "error"):
            assert int(element.get(f"{name}s", "")) == len(list(element.iter(name)))
        times = sum(float(case.get("time", "")) for case in cases)
        assert float(element.get("time", "")) == pytest.approx(times, abs=0.001 * (len(cases) + 1))
    for child in element:
        check_junit(child)


@pytest.fixture
def agent(cli: Cli, tmp_path: Path) -> Agent:
    return Agent(cli, tmp_path)


def test_all_pass(agent: Agent) -> None:
    agent.case("greet", "ada", {"inputs": {"name": "Ada"}, "expect": {"equals": "hello Ada"}})
    agent.case("count_stream", "three", {"expect": {"equals": [0, 1, 2], "minChunks": 3}})
    done = agent.test()
    assert done.code == 0
    lines = done.out.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [
        ["PASS", "count_stream/three"],
        ["PASS", "greet/ada"],
    ]
    assert lines[2] == "2 passed"
    assert "serving it for its cases" in done.err
    assert not list((agent.folder.parent / "state" / "servers").iterdir())


def test_what_does_not_hold_is_told(agent: Agent) -> None:
    agent.case("greet", "bob", {"expect": {"equals": "hello Bob", "regex": "^hello"}})
    agent.case("fail", "raises", {})
    agent.case("fail", "wanted", {"expect": {"error": "INTERNAL_ERROR"}})
    done = agent.test()
    assert done.code == 1
    assert 'equals: The output is "hello you", not "hello Bob".' in done.out
    assert "completes: The run failed: no luck (INTERNAL_ERROR)" in done.out
    assert done.out.endswith("1 passed, 2 failed\n")
    assert "regex" not in done.out


def test_a_case_that_cannot_be_run_is_told_with_its_place(agent: Agent) -> None:
    agent.case("greet", "broken", '{\n  "inputs": {,}\n}')
    agent.case("greet", "unfit", '{\n  "inputs": {"nam": "Ada"}\n}')
    done = agent.test()
    assert done.code == 1
    assert "--> .runagent/cases/greet/broken.json:2:14" in done.out
    assert "--> .runagent/cases/greet/unfit.json:2:21" in done.out
    assert "did you mean name?" in done.out
    assert "serving it" not in done.err  # nothing is executed for nothing
    assert done.out.endswith("0 passed, 2 could not be run\n")


def test_a_case_that_only_sometimes_passes(agent: Agent, tmp_path: Path) -> None:
    inputs = {"counter": str(tmp_path / "calls")}
    agent.case("every_second", "one", {"inputs": inputs, "expect": {"equals": 1}})
    agent.case("greet", "steady", {"expect": {"contains": "hello"}})
    done = agent.test("--repeat", 5)
    assert done.code == 1
    assert "FAIL every_second/one  3 of 5 runs passed" in done.out
    assert "PASS greet/steady  5 runs" in done.out
    assert [line for line in done.out.splitlines() if "run " in line] == ["  run 2:", "  run 4:"]
    assert done.out.endswith("1 passed, 1 failed, 1 of them only sometimes\n")
    (tmp_path / "calls").unlink()
    (failure,) = agent.junit("--repeat", 3, "--tag", "every_second").iter("failure")
    assert str(failure.get("message")).startswith("2 of 3 runs passed. The output is 0, not 1.")
    assert "\nrun 2 of 3:\nequals: " in str(failure.text)


def test_only_some_cases(agent: Agent) -> None:
    for name in ("a", "b"):
        agent.case("greet", name)
        agent.case("count_stream", name)
    tested = agent.json("--tag", "greet")["cases"]
    assert [(it["tag"], it["name"]) for it in tested] == [("greet", "a"), ("greet", "b")]
    tested = agent.json("--case", "a")["cases"]
    assert [(it["tag"], it["name"]) for it in tested] == [("count_stream", "a"), ("greet", "a")]
    (only,) = agent.json(agent.case("greet", "b"))["cases"]
    assert (only["tag"], only["name"], only["result"]) == ("greet", "b", "passed")
    done = agent.test("--tag", "gret")
    assert (done.code, done.out) == (2, "")
    assert "Did you mean greet?" in done.err
    done = agent.test("--case", "c")
    assert done.code == 2 and "There are cases with the name a, b." in done.err


def test_no_cases_and_no_project(agent: Agent, tmp_path: Path) -> None:
    done = agent.test()
    assert done.code == 2 and "There are no cases in" in done.err
    done = agent.test(tmp_path / "missing")
    assert done.code == 2 and "is not there" in done.err
    done = agent.test(agent.folder / ".runagent" / "cases" / "greet" / "missing.json")
    assert done.code == 2 and "is not there" in done.err


def test_the_report_as_json(agent: Agent) -> None:
    agent.case("count_stream", "c", {"description": "counts", "expect": {"minChunks": 5}})
    report = agent.json("--repeat", 2)
    (case,) = report.pop("cases")
    assert report == {"passed": 0, "failed": 1, "errors": 0, "complete": True}
    runs = case.pop("runs")
    assert case == {
        "config": str(agent.folder / "runagent.config.json"),
        "tag": "count_stream",
        "name": "c",
        "path": str(agent.folder / ".runagent" / "cases" / "count_stream" / "c.json"),
        "description": "counts",
        "expectations": 1,
        "problems": [],
        "result": "failed",
    }
    for run in runs:
        assert 0 < run["firstChunkMs"] <= run["elapsedMs"]
        assert (run["state"], run["chunks"], run["passed"]) == ("completed", 3, False)
        assert [it["expectation"] for it in run["failures"]] == ["minChunks"]
    recorded = agent.cli("history", "list", "--json", env=agent.env).out
    assert all(run["historyId"] in recorded for run in runs)


def test_the_report_as_junit(agent: Agent) -> None:
    agent.case("greet", "ada", {"inputs": {"name": "Ada"}})
    agent.case("greet", "bob", {"expect": {"equals": "hello \u0000Bob"}})
    agent.case("greet", "typo", {"expct": {}})
    agent.case("fail", "raises", {})
    root = agent.junit()
    assert [suite.get("name") for suite in root] == ["fail", "greet"]
    cases = {str(case.get("name")): case for case in root.iter("testcase")}
    assert list(cases) == ["raises", "ada", "bob", "typo"]
    assert list(cases["ada"]) == []
    (failure,) = cases["bob"]
    assert str(failure.text).startswith(".runagent/cases/greet/bob.json\nequals: ")
    assert failure.get("type") == "equals"
    assert str(failure.text).endswith("actual:\n    hello you")
    (error,) = cases["typo"]
    assert (error.tag, error.get("type")) == ("error", "problem")
    assert str(error.text).startswith(".runagent/cases/greet/typo.json:2:3: ")


def test_the_report_in_a_file(agent: Agent, tmp_path: Path) -> None:
    agent.case("greet", "ada")
    output = tmp_path / "out.xml"
    done = agent.test("--output-format", "junit", "--output", output)
    assert (done.code, done.out) == (0, "")
    assert "PASS greet/ada" in done.err
    check_junit(ET.parse(output).getroot())
    agent.test("--output", output)
    assert output.read_text("utf-8").startswith("PASS greet/ada")
    for wrong in (tmp_path, tmp_path / "none" / "out.xml"):
        done = agent.test("--output", wrong)
        assert done.code == 2 and "serving it" not in done.err


def test_cases_are_listed_and_not_run(agent: Agent) -> None:
    agent.case("greet", "ada", {"description": "politely", "expect": {"contains": ["a", "b"]}})
    done = agent.test("--list")
    assert done.code == 0
    assert done.out.splitlines() == [
        "greet/ada  2 expectations  .runagent/cases/greet/ada.json",
        "  politely",
    ]
    assert done.err == ""
    listed = agent.json("--list")["cases"]
    assert [(it["name"], "runs" in it) for it in listed] == [("ada", False)]
    agent.case("greet", "broken", "{")
    assert agent.test("--list").code == 1
    assert agent.test("--list", "--output-format", "junit").code == 2


def test_secrets_do_not_reach_reports(agent: Agent) -> None:
    agent.case("secret", "tell", {"expect": {"equals": "x"}})
    for output_format in ("text", "json", "junit"):
        done = agent.test("--output-format", output_format)
        assert done.code == 1
        assert "[redacted]" in done.out
        assert "tops3cret" not in done.out + done.err


def test_an_agent_that_is_not_there(agent: Agent) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free_port = probe.getsockname()[1]
    agent.case("greet", "ada")
    done = agent.test("--no-serve")
    assert done.code == 3 and done.out.endswith("0 passed, 1 could not be run\n")
    done = agent.test("--port", free_port)
    assert done.code == 3 and "CONNECTION_ERROR" in done.out
    agent.case("greet", "typo", {"expct": {}})
    assert agent.test("--no-serve").code == 1


def test_an_agent_that_does_not_start_is_tried_once(agent: Agent) -> None:
    for name in ("a", "b", "c"):
        agent.case("greet", name)
    main = agent.folder / "main.py"
    main.write_text(main.read_text("utf-8") + "\nraise RuntimeError('not today')\n", "utf-8")
    done = agent.test()
    assert done.code == 1
    assert done.out.count("not today") == 3
    assert done.out.endswith("0 passed, 3 could not be run\n")
    assert done.err.count("Importing the agent") == 1


def test_a_run_that_takes_too_long(agent: Agent, tmp_path: Path) -> None:
    agent.case("wait", "long", {"inputs": {"marker": str(tmp_path / "begun")}})
    done = agent.test("--timeout", 2)
    assert done.code == 5 and "TIMEOUT" in done.out


def test_an_interruption_reports_what_there_is(agent: Agent, tmp_path: Path) -> None:
    marker = tmp_path / "begun"
    agent.case("greet", "first")
    agent.case("wait", "long", {"inputs": {"marker": str(marker)}})
    process = subprocess.Popen(
        [*COMMAND, "test", "--output-format", "json"],
        cwd=agent.folder,
        env=environment(agent.env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + LIMIT_S
        while not marker.exists():
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGINT)
        out, errors = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130, errors.decode()
    report = json.loads(out)
    assert report["complete"] is False
    assert [(it["name"], it["result"]) for it in report["cases"]] == [
        ("first", "passed"),
        ("long", "failed"),
    ]
    assert report["cases"][1]["runs"][0]["state"] == "cancelled"


def test_the_cases_of_several_agents(agent: Agent, tmp_path: Path) -> None:
    other = write_agent(tmp_path / "other", agent_id="22222222-2222-4333-8444-555555555555")
    agent.case("greet", "same", {"expect": {"equals": "hello you"}})
    write_case(other, "greet", "same", {"expect": {"equals": "hello you"}})
    root = agent.junit(agent.folder, other)
    assert [suite.get("name") for suite in root] == ["greet", f"{other}.greet"]


def test_the_server_of_the_platform(
    cli: Cli, serve_real_agent: Callable[[Path], RunningAgent], tmp_path: Path
) -> None:
    folder = tmp_path / "real"
    shutil.copytree(Path(__file__).parents[2] / "fixtures" / "real-agent", folder)
    greeting = {"greeting": "hello Ada", "n": 1}
    write_case(folder, "greet", "ada", {"inputs": {"name": "Ada"}, "expect": {"equals": greeting}})
    place = {"path": "$.greeting", "regex": "^hello A"}
    write_case(
        folder, "greet", "path", {"kwargs": {"name": "Ada"}, "expect": {"jsonPath": [place]}}
    )
    chunks = [{"i": 0}, {"i": 1}, {"i": 2}]
    expect = {"equals": chunks, "minChunks": 3, "schema": {"items": {"required": ["i"]}}}
    write_case(folder, "count_stream", "three", {"expect": expect})
    write_case(folder, "fail", "raises", {"expect": {"error": "INTERNAL_ERROR"}})
    write_case(folder, "greet", "wrong", {"inputs": {"name": "x"}, "expect": {"equals": greeting}})
    running = serve_real_agent(folder)
    done = cli("test", folder, env={"RUNAGENT_CACHE_DIR": str(running.cache_dir)})
    assert done.out.count("PASS") == 4, done.out
    assert done.code == 1
    assert 'equals: The output differs at greeting: it is "hello x", not "hello Ada".' in done.out
    assert "serving it" not in done.err


def test_in_the_cloud_only_when_asked(agent: Agent, cloud: RunningCloud) -> None:
    config = agent.folder / "runagent.config.json"
    settings = json.loads(config.read_text("utf-8"))
    echo = {"file": "main.py", "module": "greet", "tag": "echo"}
    settings["agent_architecture"]["entrypoints"] = [echo]
    settings["agent_id"] = cloud.agent_id
    config.write_text(json.dumps(settings), "utf-8")
    answer = {"args": [], "kwargs": {"name": "case"}}
    expect = {"jsonPath": [{"path": "$.kwargs.name", "equals": "case"}], "equals": answer}
    inputs = {"inputs": {"name": "case"}, "userId": "ada", "persistentMemory": True}
    agent.case("echo", "cloud", {**inputs, "expect": expect})
    agent.env |= {
        "RUNAGENT_API_KEY": cloud.api_key,
        "RUNAGENT_BASE_URL": cloud.base_url,
        "SSL_CERT_FILE": str(cloud.ca_file),
    }
    assert agent.test("--no-serve").code == 3
    done = agent.test("--cloud")
    assert done.code == 0, done.out
    assert "the inputs leave this machine" in done.err
    (sent,) = [it["body"] for it in cloud.requests() if "'name': 'case'" in str(it["body"])]
    assert (sent["user_id"], sent["persistent_memory"]) == ("ada", True)
    agent.env["RUNAGENT_API_KEY"] = "rau_wrong"
    done = agent.test("--cloud")
    assert done.code == 4 and "AUTHENTICATION_ERROR" in done.out
    assert agent.test("--cloud", "--port", 5).code == 2
