"""Runs on a server of ours really end when they are cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lsp.editor import SHELL, Editor
from lsp.served import environment, run, run_params, write_agent

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
