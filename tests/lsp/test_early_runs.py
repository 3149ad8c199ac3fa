"""Runs that are asked for before the client has told its settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lsp.editor import SHELL, Editor
from serve_real_agent import RunningAgent


def test_an_early_run_keeps_to_the_settings(
    editors: Callable[..., Editor], real_agent: RunningAgent, tmp_path: Path
) -> None:
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(tmp_path / "history.db"),
    }
    editor = editors([real_agent.project_dir], SHELL, environment=environment)
    editor.settings = {"runagent": {"timeouts": {"total": 0.5}, "history": {"enabled": False}}}
    editor.start()
    config = (real_agent.project_dir / "runagent.config.json").as_uri()
    outcome = editor.request(
        "runagent/stream",
        {"runId": "early", "configUri": config, "tag": "endless_stream", "kwargs": {}},
    )
    assert (outcome["state"], outcome["error"]["kind"]) == ("failed", "timeout-total")
    assert "historyId" not in outcome
    assert not (tmp_path / "history.db").exists()
