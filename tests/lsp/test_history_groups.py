"""What a view of runs asks, and when it is told to ask again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import write_project
from lsp.editor import SHELL, Editor, RefusedError
from runagent_ls.agents.history import History, RunRecord

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


def record(file: Path, tag: str, project: Path | None, *, count: int = 1) -> list[str]:
    """Runs that another program has recorded."""
    ids = []
    with History.open(file) as history:
        for number in range(count):
            run = RunRecord(
                tag,
                "run",
                kwargs={"number": number, "word": f"zebra{number}"},
                project_root=None if project is None else str(project),
                config_path=None if project is None else str(project / "runagent.config.json"),
            )
            ids.append(history.begin(run).history_id or "")
    return ids


def start(editors: MakeEditor, folder: Path, file: Path | str, **settings: object) -> Editor:
    environment = {"RUNAGENT_LS_HISTORY": str(file)}
    shell = editors([folder], SHELL, {"runagent": settings}, environment=environment)
    shell.start()
    return shell


def test_runs_are_counted_by_entrypoint(editors: MakeEditor, tmp_path: Path, file: Path) -> None:
    config = write_project(tmp_path / "here")
    record(file, "greet", config.parent, count=3)
    record(file, "greet", tmp_path / "elsewhere")
    record(file, "greet", None)
    shell = start(editors, config.parent, file)
    shell.request("runagent/projects", {})
    answer = shell.request("runagent/history/groups", {})
    assert answer["recording"] is True
    found = {it["configUri"]: (it["tag"], it["runs"], it["state"]) for it in answer["groups"]}
    elsewhere = (tmp_path / "elsewhere" / "runagent.config.json").as_uri()
    assert found == {
        config.as_uri(): ("greet", 3, "interrupted"),
        elsewhere: ("greet", 1, "interrupted"),
        None: ("greet", 1, "interrupted"),
    }
    without = shell.request("runagent/history/list", {"configUri": None})
    assert [it["configUri"] for it in without["runs"]] == [None]
    here = shell.request("runagent/history/groups", {"configUri": config.as_uri()})
    assert [it["runs"] for it in here["groups"]] == [3]
    assert shell.request("runagent/history/groups", {"state": "completed"})["groups"] == []


def test_an_agent_has_the_uri_that_the_workspace_gives_it(
    editors: MakeEditor, tmp_path: Path, file: Path
) -> None:
    real = write_project(tmp_path / "real")
    (tmp_path / "link").symlink_to(real.parent)
    record(file, "greet", real.parent)
    shell = start(editors, tmp_path / "link", file)
    ((project),) = shell.request("runagent/projects", {})["projects"]
    (group,) = shell.request("runagent/history/groups", {})["groups"]
    (run,) = shell.request("runagent/history/list", {})["runs"]
    assert "/link/" in project["configUri"]
    assert group["configUri"] == run["configUri"] == project["configUri"]


def test_only_pinned_runs_are_listed_found_and_counted(
    editors: MakeEditor, tmp_path: Path, file: Path
) -> None:
    config = write_project(tmp_path / "here")
    first, _second = record(file, "greet", config.parent, count=2)
    shell = start(editors, config.parent, file)
    shell.request("runagent/history/pin", {"historyId": first})
    asked = {"pinned": True}
    (run,) = shell.request("runagent/history/list", asked)["runs"]
    (match,) = shell.request("runagent/history/search", {**asked, "text": "zebra"})["matches"]
    (group,) = shell.request("runagent/history/groups", asked)["groups"]
    assert (run["historyId"], match["run"]["historyId"], group["runs"]) == (first, first, 1)
    with pytest.raises(RefusedError, match="pinned"):
        shell.request("runagent/history/groups", {"pinned": "yes"})


def test_the_shell_is_told_when_its_list_is_no_longer_right(
    editors: MakeEditor, tmp_path: Path, file: Path
) -> None:
    config = write_project(tmp_path / "here")
    first, second = record(file, "greet", config.parent, count=2)
    shell = start(editors, config.parent, file)

    def told(ask: Callable[[], object]) -> int:
        before = len(shell.of("runagent/history/changed"))
        ask()
        return len(shell.of("runagent/history/changed")) - before

    pin = {"historyId": first}
    assert told(lambda: shell.request("runagent/history/pin", pin)) == 1
    delete = {"historyIds": [second]}
    assert told(lambda: shell.request("runagent/history/delete", delete)) == 1
    assert told(lambda: shell.request("runagent/history/delete", {"all": True})) == 1
    assert told(lambda: shell.request("runagent/history/list", {})) == 0
    nobody = {"host": "127.0.0.1", "port": 9}
    params = {"runId": "r", "configUri": None, "tag": "greet", "kwargs": {}, "target": nobody}
    assert told(lambda: shell.request("runagent/run", params)) == 2  # begun, ended


@pytest.mark.parametrize("off", ["setting", "environment"])
def test_it_is_said_that_new_runs_are_not_kept(
    editors: MakeEditor, tmp_path: Path, file: Path, off: str
) -> None:
    config = write_project(tmp_path / "here")
    record(file, "greet", config.parent)
    if off == "environment":
        shell = start(editors, config.parent, "off")
    else:
        shell = start(editors, config.parent, file, history={"enabled": False})
    answer = shell.request("runagent/history/groups", {})  # at once, before settings were answered
    assert answer["recording"] is False
    # what is there already can be read all the same
    assert len(answer["groups"]) == (0 if off == "environment" else 1)


def test_rows_of_entrypoints_say_what_can_be_called_and_where_it_stands(
    editors: MakeEditor, tmp_path: Path, file: Path
) -> None:
    config = write_project(tmp_path / "here")
    (config.parent / "main.py").write_text(
        'def greet(\n    name: str,\n    loud: bool = False,\n) -> str:\n    """Say hello.\n\n'
        '    More.\n    """\n    return name\n',
        "utf-8",
    )
    shell = start(editors, config.parent, file)
    (project,) = shell.request("runagent/projects", {})["projects"]
    (row,) = [it for it in project["entrypoints"] if it["tag"] == "greet"]
    assert row["signature"] == "(name: str, loud: bool = False) -> str"
    assert row["documentation"] == "Say hello."
    asked = {"configUri": config.as_uri(), "tag": "greet"}
    info = shell.request("runagent/entrypoint", asked)
    main = (config.parent / "main.py").as_uri()
    assert info["codePlace"] == {"uri": main, "line": 0, "character": 4}
    line = info["configPlace"]["line"]
    text = config.read_text("utf-8").splitlines()
    assert info["configPlace"]["uri"] == config.as_uri()
    assert text[line].lstrip().startswith("{")
    assert any('"greet"' in it for it in text[line : line + 6])


def test_a_signature_that_was_edited_is_told_when_it_is_saved(
    editors: MakeEditor, tmp_path: Path, file: Path
) -> None:
    config = write_project(tmp_path / "here")
    main = config.parent / "main.py"
    shell = start(editors, config.parent, file)
    uri = shell.open(main, language="python")
    shell.request("runagent/projects", {})
    shell.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    shell.request("runagent/projects", {})
    before = len(shell.of("runagent/projectsChanged"))
    text = main.read_text("utf-8").replace("times: int = 1", "count: int = 1")
    shell.change(uri, text)
    main.write_text(text, "utf-8")
    shell.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    told = "runagent/projectsChanged"
    shell.until(lambda: len(shell.of(told)) > before, "the shell is told")
    (project,) = shell.request("runagent/projects", {})["projects"]
    assert project["entrypoints"][0]["signature"] == "(name: str, count: int = 1) -> str"
