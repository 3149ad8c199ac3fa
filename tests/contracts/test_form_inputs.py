"""The form is tested with what the server really says of an entrypoint."""

from __future__ import annotations

import json
from pathlib import Path

from runagent_ls.features.entrypoints import describe
from runagent_ls.lsp.messages.projects import entrypoint_message
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project

_FIXTURE = Path(__file__).parents[1] / "fixtures" / "form"


def test_the_inputs_that_the_form_is_tested_with_are_those_the_server_describes(
    tmp_path: Path,
) -> None:
    entrypoint = {"file": "inputs.py", "module": "everything", "tag": "everything"}
    config = {"agent_name": "form", "agent_architecture": {"entrypoints": [entrypoint]}}
    (tmp_path / "runagent.config.json").write_text(json.dumps(config), "utf-8")
    (tmp_path / "inputs.py").write_text((_FIXTURE / "inputs.py").read_text("utf-8"), "utf-8")
    project = load_project(tmp_path / "runagent.config.json", DiskFiles())
    found = project.entrypoint_of("everything")
    assert found is not None
    told = entrypoint_message(describe(found, project))
    assert told == json.loads((_FIXTURE / "inputs.json").read_text("utf-8"))
