"""What an editor sees when the code of a served agent changes, or does not start."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.editor import PULL, PUSH, SHELL, Editor
from lsp.served import (
    MAIN,
    environment,
    events,
    is_gone,
    run,
    start,
    states,
    write_agent,
)

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]

TYPO = MAIN.replace('return "hello " + name', 'return "hello " + (name')
RAISES = MAIN + "\n\nGREETINGS = {}\nGREETINGS['missing']\n"
RAISES_AT = RAISES.count("\n") - 1
TOLD_WITHIN_S = 30.0


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_agent(tmp_path / "agent")


@pytest.fixture
def shell(editors: MakeEditor, tmp_path: Path) -> Editor:
    editor = editors([tmp_path], SHELL, environment=environment(tmp_path))
    editor.start()
    return editor


def save(editor: Editor, path: Path, text: str, version: int = 0) -> None:
    """As an editor does it: the buffer, the disk, and word of both."""
    uri = path.as_uri()
    if version:
        editor.change(uri, text, version)
    path.write_text(text, "utf-8")
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})


def errors(editor: Editor, uri: str) -> list[Json]:
    return [it for it in editor.pull(uri)["items"] if it["severity"] == 1]


def state(editor: Editor) -> str:
    return states(editor)[-1]


def wait_state(editor: Editor, wanted: str) -> Json:
    editor.until(lambda: state(editor) == wanted, f"the state is {wanted}")
    status: Json = events(editor, "status")[-1]["status"]
    return status


# --- reload ---------------------------------------------------------------------------------


def test_saved_code_answers_the_next_run(shell: Editor, config: Path) -> None:
    first = start(shell, config)
    main = config.parent / "main.py"
    shell.open(main, language="python")
    save(shell, main, MAIN.replace("hello ", "welcome "), version=2)
    shell.until(lambda: "reloading" in states(shell), "the new code is loaded")
    second = wait_state(shell, "ready")
    assert run(shell, config, "greet")["value"] == "welcome you"
    assert second["pid"] == first["pid"] and second["workerPid"] != first["workerPid"]


@pytest.mark.parametrize(
    ("text", "line"), [(TYPO, TYPO[: TYPO.index("(name\n")].count("\n")), (RAISES, RAISES_AT)]
)
def test_a_mistake_leaves_the_old_code_and_stands_on_its_line(
    shell: Editor, config: Path, text: str, line: int
) -> None:
    start(shell, config)
    main = config.parent / "main.py"
    uri = shell.open(main, language="python")
    asked = len(shell.of("workspace/diagnostic/refresh"))
    begin = time.monotonic()
    save(shell, main, text, version=2)
    stale = wait_state(shell, "stale")
    shell.until(
        lambda: len(shell.of("workspace/diagnostic/refresh")) > asked, "diagnostics are new"
    )
    found = errors(shell, uri)
    assert time.monotonic() - begin < TOLD_WITHIN_S
    assert line in [it["range"]["start"]["line"] for it in found]
    assert stale["failure"]["frames"][-1]["uri"] == uri
    assert stale["failure"]["frames"][-1]["line"] == line
    assert stale["staleSince"] <= time.time()
    assert run(shell, config, "greet")["value"] == "hello you"
    lenses = shell.request("textDocument/codeLens", {"textDocument": {"uri": config.as_uri()}})
    titles = [it["command"]["title"] for it in lenses]
    assert sum(title.startswith("Runs the code of before") for title in titles) == 4
    save(shell, main, MAIN, version=3)
    good = wait_state(shell, "ready")
    assert "failure" not in good and "staleSince" not in good
    shell.until(lambda: errors(shell, uri) == [], "the diagnostic is cleared")
    lenses = shell.request("textDocument/codeLens", {"textDocument": {"uri": config.as_uri()}})
    assert not [it for it in lenses if it["command"]["title"].startswith("Runs the code")]


def test_a_file_changed_outside_the_editor_is_loaded(shell: Editor, config: Path) -> None:
    start(shell, config)
    main = config.parent / "main.py"
    main.write_text(MAIN.replace("hello ", "welcome "))
    shell.files_changed((main, 2))
    shell.until(
        lambda: run(shell, config, "greet")["value"] == "welcome you", "the new code answers"
    )


def test_a_tag_that_is_added_can_be_run(shell: Editor, config: Path) -> None:
    start(shell, config)
    value = json.loads(config.read_text())
    value["agent_architecture"]["entrypoints"].append(
        {"file": "main.py", "module": "greet", "tag": "welcome"}
    )
    save(shell, config, json.dumps(value))
    shell.until(lambda: "reloading" in states(shell), "the configuration is loaded")
    status = wait_state(shell, "ready")
    assert "welcome" in [it["tag"] for it in status["entrypoints"]]
    assert run(shell, config, "welcome")["value"] == "hello you"


def test_an_id_that_is_changed_is_the_one_that_is_called(shell: Editor, config: Path) -> None:
    start(shell, config)
    value = json.loads(config.read_text())
    value["agent_id"] = "99999999-2222-4333-8444-555555555555"
    save(shell, config, json.dumps(value))
    shell.until(
        lambda: events(shell, "status")[-1]["status"]["agentId"] == value["agent_id"],
        "the configuration is loaded",
    )
    outcome = run(shell, config, "greet")
    assert (outcome["state"], outcome["target"]["agentId"]) == ("completed", value["agent_id"])


def test_a_config_that_is_deleted_leaves_the_agent_as_it_is(shell: Editor, config: Path) -> None:
    start(shell, config)
    text = config.read_text()
    config.unlink()
    shell.files_changed((config, 3))
    stale = wait_state(shell, "stale")
    assert "runagent.config.json" in stale["failure"]["message"]
    assert run(shell, config, "greet")["state"] == "completed"
    config.write_text(text)
    shell.files_changed((config, 1))
    wait_state(shell, "ready")


def test_a_run_in_flight_ends_on_the_code_it_began_with(
    shell: Editor, config: Path, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    main = config.parent / "main.py"
    slow = MAIN.replace(
        "    for i in range(n):",
        f"    yield 'old'\n    while not Path({str(gate)!r}).exists():\n"
        "        time.sleep(0.01)\n    for i in range(n):",
    )
    main.write_text(slow)
    first = start(shell, config)
    params = {
        "runId": "slow", "configUri": config.as_uri(), "tag": "count_stream", "kwargs": {"n": 1},
        "serve": {},
    }  # fmt: skip
    running = shell.begin("runagent/stream", params)
    shell.wait_for("runagent/output")
    save(shell, main, MAIN.replace("hello ", "welcome "))
    shell.until(
        lambda: run(shell, config, "greet")["value"] == "welcome you", "the new code answers"
    )
    gate.write_text("")
    outcome = shell.answer(running)
    assert (outcome["state"], outcome["chunks"]) == ("completed", 2)
    shell.until(lambda: is_gone(first["workerPid"]), "the worker with the old code ends")


# --- a start that fails ---------------------------------------------------------------------


def test_a_start_that_fails_says_where(shell: Editor, config: Path) -> None:
    main = config.parent / "main.py"
    main.write_text(RAISES)
    uri = shell.open(main, language="python")
    begin = time.monotonic()
    status = start(shell, config)
    assert status["state"] == "failed" and "port" not in status
    failure = status["failure"]
    assert failure["exception"] == "KeyError"
    assert (failure["frames"][-1]["uri"], failure["frames"][-1]["line"]) == (uri, RAISES_AT)
    assert RAISES_AT in [it["range"]["start"]["line"] for it in errors(shell, uri)]
    assert time.monotonic() - begin < 60  # and not the two minutes that a start may take
    outcome = run(shell, config, "greet")
    assert outcome["state"] == "failed" and outcome["attempts"] == 0
    assert outcome["error"]["frames"][-1]["line"] == RAISES_AT
    assert outcome["elapsedMs"] > 0, "the time of the start counts"
    lenses = shell.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    assert "Does not start: KeyError" in [it["command"]["title"] for it in lenses]
    save(shell, main, MAIN, version=2)
    assert run(shell, config, "greet", runId="again")["state"] == "completed"
    shell.until(lambda: errors(shell, uri) == [], "the diagnostic is cleared")


def test_an_agent_without_any_code_left_is_started_again(shell: Editor, config: Path) -> None:
    start(shell, config)
    main = config.parent / "main.py"
    save(shell, main, RAISES)
    stale = wait_state(shell, "stale")
    os.kill(stale["workerPid"], signal.SIGKILL)
    broken = wait_state(shell, "failed")
    assert broken["failure"]["exception"] == "KeyError"
    outcome = run(shell, config, "greet")
    assert outcome["state"] == "failed" and outcome["error"]["frames"][-1]["line"] == RAISES_AT
    main.write_text(MAIN)
    assert run(shell, config, "greet", runId="again")["state"] == "completed"
    shell.until(lambda: is_gone(stale["pid"]), "the server without code has ended")


def test_a_server_without_any_code_left_can_be_stopped(shell: Editor, config: Path) -> None:
    start(shell, config)
    save(shell, config.parent / "main.py", RAISES)
    stale = wait_state(shell, "stale")
    os.kill(stale["workerPid"], signal.SIGKILL)
    wait_state(shell, "failed")
    stopped = shell.request("runagent/serve/stop", {"configUri": config.as_uri()})
    assert stopped["state"] == "stopped" and is_gone(stale["pid"])


def test_a_missing_config_is_a_start_that_fails(shell: Editor, tmp_path: Path) -> None:
    status = start(shell, tmp_path / "nowhere" / "runagent.config.json")
    assert status["state"] == "failed"
    assert status["failure"]["message"]


def test_an_interpreter_that_is_none_is_named(shell: Editor, config: Path) -> None:
    wrong = config.parent / "no-python"
    status = start(shell, config, interpreter=str(wrong))
    assert status["state"] == "failed"
    assert str(wrong) in status["failure"]["message"]
    verified = shell.request(
        "runagent/verify", {"configUri": config.as_uri(), "interpreter": str(wrong)}
    )
    assert str(wrong) in verified["failure"]["message"]
    assert verified["interpreter"] == str(wrong)


@pytest.mark.parametrize("capabilities", [PULL, PUSH], ids=["pull", "push"])
def test_other_editors_see_the_mistake_too(
    editors: MakeEditor, config: Path, tmp_path: Path, capabilities: Json
) -> None:
    editor = editors([tmp_path], capabilities, environment=environment(tmp_path))
    editor.start()
    main = config.parent / "main.py"
    main.write_text(RAISES)
    uri = editor.open(main, language="python")
    argument = {"configUri": config.as_uri(), "interpreter": sys.executable}
    params = {"command": "runagent.serve.start", "arguments": [argument]}
    assert editor.request("workspace/executeCommand", params)["state"] == "failed"

    def lines() -> list[int]:
        if capabilities is PULL:
            found = errors(editor, uri)
        else:
            published = [
                it for it in editor.of("textDocument/publishDiagnostics") if it["uri"] == uri
            ]
            found = published[-1]["diagnostics"] if published else []
        return [it["range"]["start"]["line"] for it in found]

    editor.until(lambda: RAISES_AT in lines(), "the mistake is told on its line")
    lenses = editor.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    commands = [it["command"] for it in lenses]
    told = [it["command"] for it in commands if it["title"] == "Does not start: KeyError"]
    assert told == [""] * 4  # an editor without our shell has no log to show


# --- verify ---------------------------------------------------------------------------------

DYNAMIC = """
def __getattr__(name):
    if name == "greet":
        return lambda: "hello"
    raise AttributeError(name)


NUMBER = int("5")
"""


def test_verifying_turns_unknown_into_an_answer(shell: Editor, tmp_path: Path) -> None:
    config = write_agent(tmp_path / "dynamic", DYNAMIC, greet="greet", number="NUMBER")
    uri = shell.open(config)
    before = errors(shell, uri)
    asked = {"configUri": config.as_uri(), "interpreter": sys.executable}
    result = shell.request("runagent/verify", asked)
    greet, number = result["entrypoints"]
    assert (greet["exists"], greet["callable"]) == (True, True)
    assert (number["exists"], number["callable"]) == (True, False)
    assert result["interpreter"] == sys.executable
    assert result["python"] == ".".join(map(str, sys.version_info[:3]))
    shell.until(lambda: len(errors(shell, uri)) > len(before), "what was unknown is said")
    assert shell.request("runagent/serve/status", {}) == {"servers": []}


def test_what_verifying_found_goes_with_the_next_good_save(shell: Editor, config: Path) -> None:
    start(shell, config)
    main = config.parent / "main.py"
    uri = shell.open(main, language="python")
    shell.change(uri, RAISES, 2)
    main.write_text(RAISES)
    asked = {"configUri": config.as_uri(), "interpreter": sys.executable}
    result = shell.request("runagent/verify", asked)
    assert result["failure"]["exception"] == "KeyError"
    shell.until(lambda: errors(shell, uri) != [], "what is wrong is said")
    run(shell, config, "greet")
    assert errors(shell, uri) != []
    wait_state(shell, "stale")
    save(shell, main, MAIN, version=3)
    wait_state(shell, "ready")
    shell.until(lambda: errors(shell, uri) == [], "it is taken back")


@pytest.mark.parametrize("method", ["runagent/verify", "runagent/serve/start"])
def test_an_environment_whose_python_is_gone_is_named(
    shell: Editor, tmp_path: Path, method: str
) -> None:
    """Somebody has installed the package, in the environment that does not work any more."""
    config = write_agent(tmp_path / "broken", "import no_such_module_of_anybody\n", greet="greet")
    environment = config.parent / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(tmp_path / "uninstalled")
    uri = shell.open(config.parent / "main.py", language="python")
    shell.request(method, {"configUri": config.as_uri()})

    def told() -> list[str]:
        return [it["message"] for it in errors(shell, uri) if it["code"] == "RA420"]

    shell.until(lambda: told() != [], "the missing package is told")
    assert ".venv was passed over: its Python is gone" in told()[0]
    steps = [it["step"]["message"] for it in events(shell, "step")]
    step = f"The Python of {environment} is gone; it is passed over"
    assert (step in steps) is (method == "runagent/serve/start")
