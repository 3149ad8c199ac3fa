"""The line that failed a run is a diagnostic until the entrypoint's next run succeeds."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import write_project
from lsp.editor import PULL, PUSH, SHELL, Editor
from lsp.scripted_agent import FINE, ScriptedAgent
from lsp.served import MAIN, environment, run, run_params, write_agent

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]

LUCK = (
    MAIN
    + '''

def lucky(name="you", number=7):
    """Fails as long as the number is not."""
    if number % 7:
        raise ValueError(name)
    return number
'''
)
FAILS_AT = LUCK[: LUCK.index("raise ValueError(name)")].count("\n")
UNLUCKY: Json = {"name": "Grace", "number": 1}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_agent(tmp_path / "agent", LUCK, lucky="lucky", fail_stream="fail", greet="greet")


@pytest.fixture
def shell(editors: MakeEditor, tmp_path: Path) -> Editor:
    editor = editors([tmp_path], SHELL, environment=environment(tmp_path))
    editor.start()
    return editor


def marks(editor: Editor, uri: str) -> list[tuple[int, str]]:
    """Line and message of each failing line."""
    return [
        (it["range"]["start"]["line"], it["message"])
        for it in editor.pull(uri)["items"]
        if it["code"] == "RA324"
    ]


MARK = (FAILS_AT, "lucky failed here in its last run: ValueError: Grace")


def test_the_line_is_marked_until_the_entrypoint_succeeds(shell: Editor, config: Path) -> None:
    uri = shell.open(config.parent / "main.py", language="python")
    asked = len(shell.of("workspace/diagnostic/refresh"))
    assert run(shell, config, "lucky", kwargs=UNLUCKY)["state"] == "failed"
    assert marks(shell, uri) == [MARK]
    shell.until(
        lambda: len(shell.of("workspace/diagnostic/refresh")) > asked, "diagnostics are new"
    )
    [mark] = [it for it in shell.pull(uri)["items"] if it["code"] == "RA324"]
    assert mark["severity"] == 2
    assert mark["relatedInformation"][0]["location"]["uri"] == config.as_uri()
    # another entrypoint's luck is its own
    assert run(shell, config, "greet")["state"] == "completed"
    run(shell, config, "fail_stream", kwargs={"steps": 1})
    assert len(marks(shell, uri)) == 2
    assert run(shell, config, "lucky")["state"] == "completed"
    assert [message.split()[0] for _, message in marks(shell, uri)] == ["fail_stream"]


def test_the_line_offers_to_debug_with_the_same_inputs(
    shell: Editor, config: Path, editors: MakeEditor, tmp_path: Path
) -> None:
    uri = shell.open(config.parent / "main.py", language="python")

    def offered(editor: Editor, only: str = "quickfix") -> list[Json]:
        place = {"line": FAILS_AT, "character": 8}
        asked = {
            "textDocument": {"uri": uri},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": [], "only": [only]},
        }
        found = editor.request("textDocument/codeAction", asked)
        return [it["command"] for it in found if it["title"].startswith("Debug")]

    assert offered(shell) == []
    run(shell, config, "lucky", kwargs=UNLUCKY)
    [command] = offered(shell)
    assert command["title"] == "Debug lucky with the inputs of its last run"
    assert command["command"] == "runagent.debug"
    assert command["arguments"] == [{"configUri": config.as_uri(), "tag": "lucky"}]
    assert offered(shell, "refactor") == []

    other = editors([tmp_path], PULL, environment=environment(tmp_path))
    other.start()
    other.open(config.parent / "main.py", language="python")
    params = {"command": "runagent.run", "arguments": [run_params(config, "lucky", kwargs=UNLUCKY)]}
    assert other.request("workspace/executeCommand", params)["state"] == "failed"
    assert marks(other, uri) == [MARK]
    assert offered(other) == [], "only the shell has a debugger"


def test_the_newest_failure_takes_the_place_of_the_one_before(shell: Editor, config: Path) -> None:
    uri = shell.open(config.parent / "main.py", language="python")
    run(shell, config, "lucky", kwargs=UNLUCKY)
    run(shell, config, "lucky", kwargs={"number": "seven", "name": "x"}, validate=False)
    [(line, message)] = marks(shell, uri)
    assert line == FAILS_AT - 1 and "TypeError" in message


def test_runs_that_never_reach_the_code_leave_the_mark(
    shell: Editor, config: Path, free_port: int
) -> None:
    uri = shell.open(config.parent / "main.py", language="python")
    run(shell, config, "lucky", kwargs=UNLUCKY)
    refused = run(shell, config, "lucky", kwargs={"nobody": "has this"})
    assert refused["error"]["code"] == "VALIDATION_ERROR"
    nobody = run(shell, config, "lucky", target={"port": free_port})
    assert nobody["error"]["code"] != "INTERNAL_ERROR"
    assert marks(shell, uri) == [MARK]


def test_a_case_that_fails_is_told_by_its_test_and_one_that_completes_clears_the_mark(
    shell: Editor, config: Path
) -> None:
    uri = shell.open(config.parent / "main.py", language="python")
    folder = config.parent / ".runagent" / "cases" / "lucky"
    folder.mkdir(parents=True)

    def run_case(inputs: Json, expect: Json) -> Json:
        case = folder / "one.json"
        case.write_text(json.dumps({"inputs": inputs, "expect": expect}))
        params = {"runId": "case", "uri": case.as_uri(), "serve": {"interpreter": sys.executable}}
        result: Json = shell.request("runagent/cases/run", params)
        return result

    assert run_case(UNLUCKY, {"error": "INTERNAL_ERROR"})["passed"] is True
    assert marks(shell, uri) == []
    run(shell, config, "lucky", kwargs=UNLUCKY)
    assert marks(shell, uri) == [MARK]
    assert run_case({}, {"equals": 7})["passed"] is True
    assert marks(shell, uri) == []


def test_the_mark_moves_with_its_line_and_goes_with_it(shell: Editor, config: Path) -> None:
    main = config.parent / "main.py"
    uri = shell.open(main, language="python")
    run(shell, config, "lucky", kwargs=UNLUCKY)
    shell.change(uri, "# more\n" + LUCK, 2)
    assert [line for line, _ in marks(shell, uri)] == [FAILS_AT + 1]
    shell.change(uri, LUCK.replace("raise ValueError(name)", "return 0"), 3)
    assert marks(shell, uri) == []
    shell.close_document(uri)
    assert marks(shell, uri) == [MARK]
    main.unlink()
    shell.files_changed((main, 3))
    assert marks(shell, uri) == []


def test_the_mark_is_off_where_the_settings_say_so(
    editors: MakeEditor, config: Path, tmp_path: Path
) -> None:
    settings = {"runagent": {"rules": {"run-failed": "off"}}}
    editor = editors([tmp_path], SHELL, settings, environment=environment(tmp_path))
    editor.start()
    uri = editor.open(config.parent / "main.py", language="python")
    assert run(editor, config, "lucky", kwargs=UNLUCKY)["state"] == "failed"
    assert marks(editor, uri) == []


@pytest.mark.parametrize("capabilities", [PULL, PUSH], ids=["pull", "push"])
def test_other_editors_see_the_mark_too(
    editors: MakeEditor, config: Path, tmp_path: Path, capabilities: Json
) -> None:
    editor = editors([tmp_path], capabilities, environment=environment(tmp_path))
    editor.start()
    uri = editor.open(config.parent / "main.py", language="python")

    def ends(kwargs: Json) -> str:
        argument = run_params(config, "lucky", kwargs=kwargs)
        params = {"command": "runagent.run", "arguments": [argument]}
        return str(editor.request("workspace/executeCommand", params)["state"])

    def lines() -> list[int]:
        if capabilities is PULL:
            return [line for line, _ in marks(editor, uri)]
        told = [it for it in editor.of("textDocument/publishDiagnostics") if it["uri"] == uri]
        found = told[-1]["diagnostics"] if told else []
        return [it["range"]["start"]["line"] for it in found if it["code"] == "RA324"]

    assert ends(UNLUCKY) == "failed"
    editor.until(lambda: lines() == [FAILS_AT], "the line is marked")
    assert ends({}) == "completed"
    editor.until(lambda: lines() == [], "the mark is gone")


def test_installed_packages_are_never_marked(
    editor: Editor, server: ScriptedAgent, tmp_path: Path
) -> None:
    """A traceback as any server may send it, with an environment inside the project."""
    config = write_project(tmp_path)
    package = tmp_path / "env" / "lib" / "python3.11" / "site-packages" / "client.py"
    package.parent.mkdir(parents=True)
    package.write_text("def call():\n    raise OSError\n")
    traceback = (
        "Traceback (most recent call last):\n"
        f'  File "{tmp_path / "main.py"}", line 10, in greet\n'
        '    return "hello " + name * times\n'
        f'  File "{package}", line 2, in call\n'
        "    raise OSError\n"
        "OSError\n"
    )
    error = {"code": "INTERNAL_ERROR", "message": "OSError", "details": {"traceback": traceback}}
    server.answers = [(200, {"success": False, "error": error}), FINE]
    argument = {
        "configUri": config.as_uri(),
        "tag": "greet",
        "kwargs": {"name": "x"},
        "target": server.target,
        "serve": {"interpreter": sys.executable},
    }
    params = {"command": "runagent.run", "arguments": [argument]}
    uri = editor.open(tmp_path / "main.py", language="python")
    outcome = editor.request("workspace/executeCommand", params)
    assert [it["uri"] for it in outcome["error"]["frames"]] == [uri, package.as_uri()]
    assert marks(editor, package.as_uri()) == []
    assert marks(editor, uri) == [(9, "greet failed here in its last run: OSError")]
    assert editor.request("workspace/executeCommand", params)["state"] == "completed"
    assert marks(editor, uri) == []
