"""`runagent-ls client`."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from client_calls import PROJECT, agent_id
from run_cli import Cli
from runagent_ls.agents.history import History, RunRecord
from runagent_ls.agents.history.redaction.redactor import MASK
from runagent_ls.agents.runs import RunOutcome
from runagent_ls.features.client_code import LANGUAGES
from runagent_ls.features.client_code.planning import REDACTED


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_goes_to_standard_output_and_notes_to_standard_error(cli: Cli, language: str) -> None:
    arguments = ("--project", PROJECT, "--port", 8450, "--arg", 'name="Ada"')
    done = cli("client", "greet", "--language", language, *arguments)
    assert done.code == 0
    assert agent_id() in done.out
    assert "Ada" in done.out
    assert done.err
    assert all(line.startswith("note: ") for line in done.err.splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_in_the_code(cli: Cli, language: str) -> None:
    secret = "rau_" + "0123456789abcdef"
    arguments = ("client", "greet", "--language", language, "--project", PROJECT, "--cloud")
    done = cli(*arguments, env={"RUNAGENT_API_KEY": secret})
    assert done.code == 0
    assert secret not in done.out + done.err
    assert "RUNAGENT_API_KEY" in done.out + done.err


def test_output_goes_to_a_file(cli: Cli, tmp_path: Path) -> None:
    arguments = ("client", "greet", "--language", "python", "--project", PROJECT)
    done = cli(*arguments, "--output", "made.py")
    assert (done.code, done.out) == (0, "")
    assert ast.parse((tmp_path / "made.py").read_text("utf-8"))
    failed = cli(*arguments, "--output", "no/such/folder.py")
    assert failed.code == 2
    assert "cannot be written" in failed.err


def test_inputs_of_a_file_are_used(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(json.dumps({"name": "Eve", "times": 7}), "utf-8")
    arguments = ("client", "greet", "--language", "curl", "--project", PROJECT)
    done = cli(*arguments, "--input", "in.json", "--arg", "times=8")
    assert _sent(done.out) == {"name": "Eve", "times": 8}


def _sent(script: str) -> Any:
    """The keyword arguments in a script for curl."""
    found = re.search(r"--data-binary '(.*?)' \\\n", script, re.DOTALL)
    assert found is not None, script
    return json.loads(found[1])["input_kwargs"]


async def test_the_last_run_gives_the_inputs(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with History.open(path) as history:
        for name in ("first", "last"):
            record = RunRecord(
                run_id=name,
                kind="run",
                tag="greet",
                project_root=str(PROJECT),
                agent_id=agent_id(),
                args=[],
                kwargs={"name": name, "times": 3},
            )
            history.begin(record).end(RunOutcome("completed", None, 1.0, 0))
    arguments = ("client", "greet", "--language", "curl", "--project", PROJECT, "--last-run")
    done = cli(*arguments, env={"RUNAGENT_LS_HISTORY": str(path)})
    assert done.code == 0, done.err
    assert _sent(done.out) == {"name": "last", "times": 3}
    none = cli(*arguments, env={"RUNAGENT_LS_HISTORY": str(tmp_path / "other.sqlite")})
    assert none.code == 2
    assert "has no run of greet" in none.err


def test_what_the_history_left_out_is_to_be_filled_in(cli: Cli) -> None:
    assert REDACTED == MASK
    arguments = ("client", "greet", "--language", "python", "--project", PROJECT)
    done = cli(*arguments, "--arg", f'name="{REDACTED}"')
    assert "# Fill in what the history left out as secret: name." in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("greet", "--language", "pyton"), "Did you mean python?"),
        (("gret", "--language", "go"), "no entrypoint with the tag 'gret'"),
        (("greet", "--language", "go", "--host", "h"), "without a port"),
        (("greet", "--language", "go", "--cloud", "--port", "1"), "Both --cloud and an address"),
        (("greet", "--language", "go", "--arg", "name=NaN"), "NaN"),
        (("anything", "--language", "python", "--arg", "self=1"), "named self"),
        (("parts_stream", "--language", "typescript"), "by position"),
    ],
)
def test_wrong_use_is_explained(cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    done = cli("client", *arguments, cwd=PROJECT)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_a_folder_without_a_project_is_named(cli: Cli, tmp_path: Path) -> None:
    done = cli("client", "greet", "--language", "go", "--project", tmp_path)
    assert done.code == 2
    assert "No agent project in" in done.err


def test_an_agent_without_an_id_cannot_be_called(cli: Cli, tmp_path: Path) -> None:
    entrypoints = [{"file": "main.py", "module": "greet", "tag": "greet"}]
    config = {"agent_architecture": {"entrypoints": entrypoints}}
    (tmp_path / "runagent.config.json").write_text(json.dumps(config), "utf-8")
    (tmp_path / "main.py").write_text("def greet(): pass\n", "utf-8")
    done = cli("client", "greet", "--language", "go")
    assert done.code == 2
    assert "has no agent_id" in done.err
