"""Runs on a server of ours really end when they are cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lsp.editor import SHELL, Editor
from lsp.served import environment, is_gone, run, run_params, start, write_agent

MakeEditor = Callable[..., Editor]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_agent(tmp_path / "agent")


@pytest.fixture
def shell(editors: MakeEditor, tmp_path: Path) -> Editor:
    editor = editors([tmp_path], SHELL, environment=environment(tmp_path))
    editor.start()
    return editor


@pytest.mark.parametrize("way", ["runagent/cancel", "$/cancelRequest"])
def test_cancelling_a_plain_call_ends_its_function(
    shell: Editor, config: Path, tmp_path: Path, way: str
) -> None:
    marker = tmp_path / "ended"
    kwargs = {"marker": str(marker)}
    running = shell.begin("runagent/run", run_params(config, "spin", kwargs=kwargs))
    shell.until(Path(f"{marker}.begun").exists, "the function has begun")
    if way == "$/cancelRequest":
        shell.notify(way, {"id": running})
    else:
        result = shell.request(way, {"runId": "r-spin"})
        assert result == {"found": True, "stopped": True, "message": "The run was stopped."}
    outcome = shell.answer(running)
    assert (outcome["state"], outcome["stopped"]) == ("cancelled", True)
    assert marker.exists()
    assert run(shell, config, "greet")["state"] == "completed"


STUCK = """
import asyncio, time
from pathlib import Path

def stuck(marker):
    Path(marker).write_text("")
    time.sleep(3600)

async def patient(marker):
    Path(marker).write_text("")
    try:
        await asyncio.sleep(3600)
    finally:
        Path(marker).unlink()
"""


def test_a_function_that_cannot_be_interrupted_ends_with_its_process(
    shell: Editor, tmp_path: Path
) -> None:
    config = write_agent(tmp_path / "stuck", STUCK, stuck="stuck", patient="patient")
    marker = tmp_path / "begun"
    kwargs = {"marker": str(marker)}
    running = shell.begin("runagent/run", run_params(config, "stuck", kwargs=kwargs))
    shell.until(marker.exists, "the function has begun")
    (before,) = shell.request("runagent/serve/status", {})["servers"]
    assert shell.request("runagent/cancel", {"runId": "r-stuck"})["stopped"] is True
    outcome = shell.answer(running)
    assert (outcome["state"], outcome["stopped"]) == ("cancelled", True)
    shell.until(lambda: is_gone(before["workerPid"]), "its process has ended")


def wait_for_run(shell: Editor, run_id: str) -> None:
    shell.wait_for("runagent/runState", lambda it: it["runId"] == run_id)


def test_a_call_that_is_still_on_its_way_is_ended(shell: Editor, tmp_path: Path) -> None:
    config = write_agent(tmp_path / "patient", STUCK, stuck="stuck", patient="patient")
    start(shell, config)
    marker = tmp_path / "goes-on"
    params = run_params(config, "patient", kwargs={"marker": str(marker)})
    for number in range(5):
        run_id = f"r{number}"
        running = shell.begin("runagent/run", {**params, "runId": run_id})
        wait_for_run(shell, run_id)
        assert shell.request("runagent/cancel", {"runId": run_id})["stopped"] is True
        assert not marker.exists()
        assert shell.answer(running)["state"] == "cancelled"
    again = shell.begin("runagent/run", {**params, "runId": "r0"})
    shell.until(marker.exists, "a run begins under the name of one that was cancelled")
    assert shell.request("runagent/cancel", {"runId": "r0"})["stopped"] is True
    assert shell.answer(again)["state"] == "cancelled"
    assert not marker.exists(), "nothing runs any more"
