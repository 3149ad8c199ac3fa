"""`check --verify`: agents are really imported, and what went wrong stands in every report."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import venv
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Final

import pytest

from run_cli import COMMAND, LIMIT_S, Cli, Done, environment

CONFIG: Final = "runagent.config.json"
PYTHON: Final = ("--interpreter", sys.executable)


def write_agent(folder: Path, source: str, *modules: str, **changes: object) -> Path:
    """An agent of one file; each module is an entrypoint with that tag."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.py").write_text(source, "utf-8")
    config = {
        "agent_name": "demo",
        "description": "d",
        "framework": "default",
        "template": "",
        "version": "1.0.0",
        "created_at": "2025-06-25T13:42:03",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_architecture": {
            "entrypoints": [{"file": "main.py", "module": it, "tag": it} for it in modules]
        },
        "agent_id": "11111111-2222-4333-8444-555555555555",
        **changes,
    }
    path = folder / CONFIG
    path.write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    return path


def found_in(done: Done) -> dict[str, list[tuple[str, int, str]]]:
    """Code, line from 1 and message of each diagnostic, by path."""
    return {
        file["path"]: [
            (it["code"], it["range"]["start"]["line"] + 1, it["message"])
            for it in file["diagnostics"]
        ]
        for file in json.loads(done.out)["files"]
    }


def codes_in(done: Done) -> set[str]:
    return {code for findings in found_in(done).values() for code, _, _ in findings}


def entrypoints_of(done: Done) -> dict[str, dict[str, Any]]:
    (verified,) = json.loads(done.out)["verified"]
    return {it["tag"]: it for it in verified["entrypoints"]}


def test_a_clean_agent_is_0_and_says_what_it_has(cli: Cli, tmp_path: Path) -> None:
    source = "def greet(name: str) -> str: ...\nasync def chat_stream(text):\n    yield text\n"
    write_agent(tmp_path / "agent", source, "greet", "chat_stream")
    done = cli("check", "--verify", *PYTHON, "agent")
    version = ".".join(map(str, sys.version_info[:3]))
    assert done == Done(
        0,
        f"agent/{CONFIG} in Python {version} ({sys.executable})\n"
        "  greet        function (name: str) -> str\n"
        "  chat_stream  async generator function (text)\n"
        "\n"
        "No problems in 1 project.\n",
        "",
    )


def test_nothing_is_run_without_being_asked_for(cli: Cli, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    write_agent(tmp_path, f"open({str(mark)!r}, 'w')\ndef greet(): ...\n", "greet")
    assert cli("check").code == 0
    assert not mark.exists()
    assert cli("check", "--verify", *PYTHON).code == 0
    assert mark.exists()


def test_the_unknown_gets_an_answer(cli: Cli, tmp_path: Path) -> None:
    source = (
        "def _make(name):\n"
        "    globals()[name] = lambda text: text\n"
        "_make('made')\n"
        "class _App:\n"
        "    def __getattr__(self, name):\n"
        "        if name == 'invoke': return print\n"
        "        raise AttributeError(f'no {name} here')\n"
        "    @property\n"
        "    def slow(self): return 1 / 0\n"
        "app = _App()\n"
        "number = int('5')\n"
        "def _parts():\n"
        "    yield 1\n"
        "parts = {'it': _parts}['it']\n"
    )
    modules = ("made", "mde", "app.invoke", "app.run", "app.slow", "number", "parts")
    path = write_agent(tmp_path, source, *modules)
    json_output = ("--output-format", "json")
    assert codes_in(cli("check", *json_output)) == set()
    done = cli("check", "--verify", *PYTHON, *json_output)
    assert done.code == 1
    lines = path.read_text("utf-8").splitlines()
    said = {
        (code, lines[line - 1].split('"')[3]): text for code, line, text in found_in(done)[CONFIG]
    }
    assert said == {
        ("RA303", "mde"): "main.py does not define mde when it is imported. Did you mean made?",
        ("RA304", "app.run"): "app.run is not there when main.py has been imported: no run here.",
        ("RA304", "app.slow"): "app.slow is not there when main.py has been imported:"
        " ZeroDivisionError: division by zero.",
        ("RA306", "number"): "number cannot be called at run time, so every call of this"
        " entrypoint fails. Name a function.",
        ("RA311", "parts"): "parts yields, but the tag parts does not end in _stream: calls"
        " answer with the text <generator object ...>.",
    }
    seen = entrypoints_of(done)
    assert seen["made"]["signature"] == "(text)"
    assert seen["parts"]["kind"] == "generator function"
    assert found_in(done)["main.py"] == [
        ("RA304", 7, said["RA304", "app.run"]),
        ("RA304", 9, said["RA304", "app.slow"]),
        ("RA306", 11, said["RA306", "number"]),
        ("RA311", 14, said["RA311", "parts"]),
    ]


def test_what_reading_proves_is_not_said_twice(cli: Cli, tmp_path: Path) -> None:
    source = "class A: ...\napp = A()\nd = {}\nnumber = 5\ndef parts():\n    yield 1\n"
    write_agent(tmp_path, source, "nope", "app.nope", "d.nope", "number", "parts")
    json_output = ("--output-format", "json")
    assert found_in(cli("check", "--verify", *PYTHON, *json_output)) == found_in(
        cli("check", *json_output)
    )


@pytest.mark.parametrize("source", ["def greet(:\n", "import sys\nsys.exit(3)\n"])
def test_a_failing_file_that_reading_shows_is_not_said_twice(
    cli: Cli, tmp_path: Path, source: str
) -> None:
    write_agent(tmp_path, source, "greet")
    json_output = ("--output-format", "json")
    plain = cli("check", *json_output)
    assert plain.code == 1
    done = cli("check", "--verify", *PYTHON, *json_output)
    if "exit" in source:
        # Only the import tells that the name is not there either.
        assert codes_in(done) == codes_in(plain)
    assert found_in(done) == found_in(plain)


def test_an_exception_stands_in_every_format(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, "import helper\ndef greet(): ...\n", "greet")
    (tmp_path / "helper.py").write_text("\nraise LookupError('no model')\n", "utf-8")
    text = (
        "helper.py fails while it is imported, so the agent does not start: LookupError: no model."
    )
    verify = ("check", "--verify", *PYTHON)
    done = cli(*verify)
    assert done.code == 1
    assert f"error[RA320]: {text}" in done.out
    assert "--> helper.py:2:1" in done.out
    assert "greet  not imported" in done.out
    done = cli(*verify, "--output-format", "json")
    assert found_in(done)["helper.py"] == [("RA320", 2, text)]
    assert found_in(done)[CONFIG] == [("RA320", 16, text)]
    assert entrypoints_of(done)["greet"]["failure"] == "no model"
    done = cli(*verify, "--output-format", "github")
    (line,) = (it for it in done.out.splitlines() if "file=helper.py,line=2," in it)
    assert line.startswith("::error ")
    assert line.endswith(f"::RA320 {text}")
    done = cli(*verify, "--output-format", "sarif")
    results = json.loads(done.out)["runs"][0]["results"]
    assert {it["ruleId"] for it in results} == {"RA320"}
    done = cli(*verify, "--output-format", "junit")
    assert {it.get("type") for it in ET.fromstring(done.out).iter("failure")} == {"RA320"}


def test_a_missing_package_names_the_command(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, "import yaml_absent\ndef greet(): ...\n", "greet")
    done = cli("check", "--verify", *PYTHON, "--output-format", "json")
    ((code, line, message),) = found_in(done)["main.py"]
    assert (code, line) == ("RA420", 1)
    assert f"not installed in {sys.executable}, so the agent does not start. Run: " in message
    assert message.endswith(" install yaml-absent") or "ensurepip" in message


def test_variables_of_the_agent(cli: Cli, tmp_path: Path) -> None:
    source = "import os\nKEY = os.environ['SOME_KEY']\ndef greet(): ...\n"
    write_agent(tmp_path, source, "greet")
    done = cli("check", "--verify", *PYTHON, "--output-format", "json")
    ((_, _, message),) = found_in(done)["main.py"]
    assert message.endswith("KeyError: 'SOME_KEY'. Put SOME_KEY into .env.")
    (tmp_path / ".env").write_text("SOME_KEY=1\n", "utf-8")
    (tmp_path / ".gitignore").write_text(".env\n", "utf-8")
    assert cli("check", "--verify", *PYTHON).code == 0


def test_a_key_in_an_exception_is_not_shown(cli: Cli, tmp_path: Path) -> None:
    key = "sk-live-abcdefghijklmnopqrstu"
    source = "import os\nk = os.environ['API_KEY']\ndef greet(k=k): ...\nraise ValueError(k)\n"
    write_agent(tmp_path, source, "greet")
    (tmp_path / ".env").write_text(f"API_KEY={key}\n", "utf-8")
    for output_format in ("text", "json", "github", "sarif", "junit"):
        done = cli("check", "--verify", *PYTHON, "--output-format", output_format)
        assert "RA320" in done.out
        assert key not in done.out + done.err
    (tmp_path / "main.py").write_text(source.rpartition("raise")[0], "utf-8")
    done = cli("check", "--verify", *PYTHON, "--output-format", "json")
    assert entrypoints_of(done)["greet"]["exists"] is True
    assert key not in done.out


def test_many_agents_each_on_its_own(cli: Cli, tmp_path: Path) -> None:
    good = "def greet(): ...\n"
    write_agent(tmp_path / "good", good, "greet")
    write_agent(tmp_path / "raises", "raise RuntimeError('x')\n" + good, "greet")
    write_agent(tmp_path / "leaves", "import os\nleave = os._exit\nleave(5)\n" + good, "greet")
    write_agent(
        tmp_path / "hangs", "input\nimport threading\nthreading.Event().wait()\n" + good, "greet"
    )
    write_agent(tmp_path / "floods", "for _ in range(5000): print('x' * 100)\n" + good, "greet")
    write_agent(tmp_path / "broken", good, "greet", template_source=3)
    done = cli("check", "--verify", *PYTHON, "--timeout", "15", "--output-format", "json")
    assert done.code == 1
    codes = {path: {code for code, _, _ in findings} for path, findings in found_in(done).items()}
    assert codes == {
        f"good/{CONFIG}": set(),
        f"raises/{CONFIG}": {"RA320"},
        "raises/main.py": {"RA320"},
        f"leaves/{CONFIG}": {"RA322"},
        f"hangs/{CONFIG}": {"RA321"},
        "hangs/main.py": {"RA321"},
        f"floods/{CONFIG}": set(),
        f"broken/{CONFIG}": {"RA102"},
    }
    passed = {it["path"]: it["passed"] for it in json.loads(done.out)["verified"]}
    assert passed == {
        f"{name}/{CONFIG}": name in {"good", "floods"}
        for name in ("broken", "floods", "good", "hangs", "leaves", "raises")
    }


def test_why_it_does_not_start_is_said_when_the_rule_is_off(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, "def greet(): ...\n", "greet", agent_name=3)
    arguments = ("check", "--verify", *PYTHON, "--output-format", "json")
    assert codes_in(cli(*arguments)) == {"RA102"}
    done = cli(*arguments, "--ignore", "RA102")
    assert done.code == 1
    ((code, _, message),) = found_in(done)[CONFIG]
    assert code == "RA323"
    assert message.startswith("The agent does not start: ")


def test_rules_of_the_runtime_can_be_chosen_and_made_quieter(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, "raise RuntimeError('x')\n", "greet")
    arguments = ("check", "--verify", *PYTHON, "--select", "RA320")
    assert cli(*arguments).code == 1
    assert cli(*arguments, "--severity", "RA320=warning").code == 0
    assert cli("check", "--verify", *PYTHON, "--ignore", "RA3").code == 0


def test_the_environment_of_the_agent_is_used(cli: Cli, tmp_path: Path) -> None:
    agent = tmp_path / "agent"
    write_agent(agent, "import only_there\ndef greet(): ...\n", "greet")
    venv.create(agent / ".venv", with_pip=False, symlinks=True)
    (packages,) = (agent / ".venv" / "lib").glob("*/site-packages")
    (packages / "only_there.py").touch()
    done = cli("check", "--verify", "--output-format", "json", "agent")
    assert codes_in(done) <= {"RA406", "RA407", "RA410"}
    (verified,) = json.loads(done.out)["verified"]
    assert verified["interpreter"] == str(agent / ".venv" / "bin" / "python")
    assert cli("check", "--verify", *PYTHON, "agent").code == 1
    done = cli("check", "--verify", "--interpreter", "agent/.venv", "agent")
    assert done.code == 0


def test_an_environment_whose_python_is_gone_is_named(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, "import only_there\ndef greet(): ...\n", "greet")
    venv.create(tmp_path / ".venv", with_pip=False, symlinks=True)
    for python in (tmp_path / ".venv" / "bin").glob("python*"):
        python.unlink()
    (tmp_path / ".venv" / "bin" / "python").symlink_to("/gone/python")
    path = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = cli("check", "--verify", "--output-format", "json", env={**path, "VIRTUAL_ENV": ""})
    ((_, _, message),) = found_in(done)["main.py"]
    assert message.endswith(" .venv was passed over: its Python is gone.")


def test_an_interpreter_that_is_not_there_is_wrong_use(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, "def greet(): ...\n", "greet")
    done = cli("check", "--verify", "--interpreter", "gone/python")
    assert (done.code, done.out) == (2, "")
    assert f"{tmp_path}/gone/python is not there." in done.err
    assert "--interpreter takes a Python, or the folder of an environment." in done.err


def test_an_interpreter_that_is_none_is_a_finding(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, "def greet(): ...\n", "greet")
    fake = tmp_path / "fake"
    fake.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    fake.chmod(0o755)
    done = cli("check", "--verify", "--interpreter", fake, "--output-format", "json")
    ((code, _, message),) = found_in(done)[CONFIG]
    assert (done.code, code) == (1, "RA421")
    assert message.startswith(f"The agent cannot run in the Python at {fake}: it ended with code 1")


@pytest.mark.parametrize("value", ["0", "-1", "x", "nan"])
def test_a_strange_time_limit_is_wrong_use(cli: Cli, value: str) -> None:
    assert cli("check", "--verify", "--timeout", value).code == 2


def test_prints_of_the_agent_do_not_reach_the_report(cli: Cli, tmp_path: Path) -> None:
    source = "import os, sys\nprint('noise')\nos.write(1, b'noise')\nsys.stderr.write('noise')\n"
    write_agent(tmp_path, source + "def greet(): ...\n", "greet")
    done = cli("check", "--verify", *PYTHON, "--output-format", "json")
    assert found_in(done) == {CONFIG: []}
    assert "noise" not in done.out + done.err


def test_what_is_fixed_is_verified_as_it_is_then(cli: Cli, tmp_path: Path) -> None:
    path = write_agent(tmp_path, "def greet(): ...\n", "greet")
    path.write_text(path.read_text("utf-8").replace('0.0",', '0.0",,', 1), "utf-8")
    path.write_text(path.read_text("utf-8").replace(",,", ","), "utf-8")
    path.write_text(path.read_text("utf-8").replace('"\n}\n', '",\n}\n'), "utf-8")
    done = cli("check", "--verify", *PYTHON, "--fix")
    assert done.code == 0
    assert "Fixed 1 problem." in done.out
    assert "greet  function ()" in done.out


def test_webhooks_need_no_python(cli: Cli, tmp_path: Path) -> None:
    hook = {"webhook_url": "http://127.0.0.1:1/", "method": "post", "tag": "hook"}
    write_agent(tmp_path, "", framework="n8n", agent_architecture={"entrypoints": [hook]})
    done = cli("check", "--verify", *PYTHON, "--output-format", "json")
    assert (done.code, found_in(done)) == (0, {CONFIG: []})


def test_interrupting_ends_the_agent_as_well(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    source = (
        "import os, threading\n"
        f"open({str(mark)!r}, 'w').write(f'{{os.getpid()}}\\n')\n"
        "threading.Event().wait()\n"
    )
    write_agent(tmp_path / "agent", source, "greet")
    command = subprocess.Popen(
        [*COMMAND, "check", "--verify", *PYTHON, "agent"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        _wait_for(lambda: mark.exists() and mark.read_text("utf-8").endswith("\n"))
        command.send_signal(signal.SIGINT)
        _, err = command.communicate(timeout=LIMIT_S)
    finally:
        command.kill()
    assert command.returncode == 130
    assert b"Traceback" not in err
    pid = int(mark.read_text("utf-8"))
    _wait_for(lambda: not Path(f"/proc/{pid}").exists())


def _wait_for(condition: Any) -> None:
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_it_says_of_a_lent_runtime_where_there_will_be_none(cli: Cli, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    python = ("--interpreter", tmp_path / "bare")
    write_agent(tmp_path / "lent", "import agent_runtime\ndef f(): ...\n", "f")
    told = cli("check", "--verify", *python, "lent")
    assert (told.code, told.err) == (0, "")
    assert "note: agent_runtime is lent to the agent from " in told.out
    assert "Under `runagent serve` and in the cloud nothing is lent" in told.out
    assert "No problems" in told.out
    write_agent(tmp_path / "own", "import agent_runtime\ndef f(): ...\n", "f")
    (tmp_path / "own" / "agent_runtime.py").write_text("", "utf-8")
    assert "note" not in cli("check", "--verify", *python, "own").out
    for folder, lent in (("lent", True), ("own", False)):
        done = cli("check", "--verify", *python, "--output-format", "json", folder)
        (verified,) = json.loads(done.out)["verified"]
        assert (verified["lent"], verified["passed"]) == (lent, True)
