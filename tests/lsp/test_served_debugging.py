"""Agents served under a debugger."""

from __future__ import annotations

import sys
import venv
from collections.abc import Callable
from pathlib import Path

import debugpy
import pytest

from lsp.dap import Debugger
from lsp.editor import SHELL, Editor
from lsp.served import MAIN, environment, is_gone, processes, run, run_params, start, write_agent

MakeEditor = Callable[..., Editor]

DEBUGPY = str(Path(debugpy.__file__).parents[1])
LINE = MAIN[: MAIN.index('return "hello')].count("\n") + 1


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_agent(tmp_path / "agent")


@pytest.fixture
def shell(editors: MakeEditor, tmp_path: Path) -> Editor:
    editor = editors([tmp_path], SHELL, environment=environment(tmp_path))
    editor.start()
    return editor


def test_a_breakpoint_is_hit(shell: Editor, config: Path) -> None:
    status = start(shell, config, debug={"debugpyPath": DEBUGPY})
    running = shell.begin("runagent/run", run_params(config, "greet"))
    with Debugger(status["debugPort"]) as debugger:
        debugger.attach(config.parent / "main.py", LINE)
        assert debugger.stopped_at() == (config.parent / "main.py", LINE)
        debugger.go_on()
        assert shell.answer(running)["value"] == "hello you"
    assert shell.stop() == 0
    shell.until(lambda: all(map(is_gone, processes(status))), "no process is left")


def test_a_run_that_waits_for_a_debugger_can_be_cancelled(shell: Editor, config: Path) -> None:
    debug = {"debugpyPath": DEBUGPY}
    serve = {"interpreter": sys.executable, "debug": debug}
    running = shell.begin("runagent/run", run_params(config, "greet", serve=serve))
    shell.wait_for("runagent/runState", lambda it: it["state"] == "running")
    shell.request("runagent/cancel", {"runId": "r-greet"})
    assert shell.answer(running)["state"] == "cancelled"


def test_the_debugger_comes_and_goes_by_a_new_start(shell: Editor, config: Path) -> None:
    plain = start(shell, config)
    assert "debugPort" not in plain
    debugged = start(shell, config, debug={"debugpyPath": DEBUGPY})
    assert debugged["debugPort"] and all(map(is_gone, processes(plain)))
    assert start(shell, config, debug={"debugpyPath": DEBUGPY})["pid"] == debugged["pid"]
    again = shell.request("runagent/serve/restart", {"configUri": config.as_uri()})
    assert "debugPort" not in again and again["port"] == debugged["port"]
    assert run(shell, config, "greet")["state"] == "completed"


def test_a_python_without_debugpy_is_told(shell: Editor, config: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", symlinks=True)
    python = str(tmp_path / "bare")
    status = start(shell, config, interpreter=python, debug={})
    assert status["state"] == "failed"
    assert "debugpy" in status["failure"]["message"]
    with_folder = {"debugpyPath": DEBUGPY}
    debugged = start(shell, config, interpreter=python, debug=with_folder)
    assert debugged["state"] == "ready" and debugged["debugPort"]
    assert debugged["interpreter"].startswith(python)
