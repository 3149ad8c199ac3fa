"""New agents as the shell gets them: planned, written, checked, served and run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.editor import PULL, SHELL, Editor, RefusedError
from lsp.served import environment, run
from runagent_ls.lsp.uris import to_path

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]
CREATED = 1


@pytest.fixture
def editor(editors: MakeEditor, tmp_path: Path) -> Editor:
    made = editors([tmp_path / "workspace"], SHELL, environment=environment(tmp_path))
    (tmp_path / "workspace").mkdir()
    made.start()
    return made


def write(editor: Editor, planned: Json) -> Path:
    """What an editor does with a plan; gives the configuration's path."""
    for file in planned["files"]:
        path = to_path(file["uri"])
        assert path is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file["text"], "utf-8")
        editor.files_changed((path, CREATED))
    config = to_path(planned["configUri"])
    assert config is not None
    return config


def test_a_new_agent_is_found_checks_clean_and_runs(editor: Editor, tmp_path: Path) -> None:
    folder = tmp_path / "workspace" / "my agent"
    planned = editor.request("runagent/newAgent", {"folderUri": folder.as_uri(), "name": "Mine"})
    assert not folder.exists(), "planning writes nothing"
    config = write(editor, planned)
    uri = planned["configUri"]

    def names() -> list[str]:
        projects = editor.request("runagent/projects", {})["projects"]
        return [it["name"] for it in projects]

    editor.until(lambda: names() == ["Mine"], "the new agent is known")
    editor.open(config)
    assert editor.pull(uri)["items"] == []
    outcome = run(editor, config, "answer", kwargs={"question": "why"})
    assert outcome["state"] == "completed", outcome
    assert outcome["value"] == {"answer": "You asked: why", "words": 1}


def test_code_that_is_not_saved_yet_becomes_an_agent(editor: Editor, tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    main = folder / "main.py"
    main.write_text("")
    editor.open(
        main, 'def greet(name: str):\n    """Say hello.\n\n    So."""\n    return name\n', "python"
    )
    found = editor.request("runagent/candidates", {"folderUri": folder.as_uri()})["candidates"]
    assert found == [
        {
            "file": "main.py",
            "module": "greet",
            "tag": "greet",
            "signature": "(name: str)",
            "documentation": "Say hello.",
            "suggested": True,
        }
    ]
    chosen = [{"file": "main.py", "module": "greet", "tag": "hello"}]
    planned = editor.request(
        "runagent/makeAgent", {"folderUri": folder.as_uri(), "entrypoints": chosen}
    )
    config = write(editor, planned)
    editor.open(config)
    assert editor.pull(planned["configUri"])["items"] == []


def test_what_cannot_be_is_refused_with_a_sentence(editor: Editor, tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    (folder / "runagent.config.json").write_text("{}")
    asked = {"folderUri": folder.as_uri()}
    with pytest.raises(RefusedError, match="is an agent already"):
        editor.request("runagent/newAgent", asked)
    with pytest.raises(RefusedError, match="is an agent already"):
        editor.request("runagent/makeAgent", {**asked, "entrypoints": []})
    with pytest.raises(RefusedError, match="folderUri must be the file: URI of a folder"):
        editor.request("runagent/newAgent", {"folderUri": "untitled:x"})
    with pytest.raises(RefusedError, match="objects with file, module and tag"):
        editor.request("runagent/makeAgent", {**asked, "entrypoints": [{"file": "main.py"}]})
    with pytest.raises(RefusedError, match="there are basic, conversation, react"):
        editor.request("runagent/newAgent", {**asked, "template": "none"})


def test_the_messages_are_for_the_shell_alone(editors: MakeEditor, tmp_path: Path) -> None:
    other = editors([tmp_path], PULL)
    other.start()
    with pytest.raises(RefusedError, match="Method Not Found"):
        other.request("runagent/candidates", {"folderUri": tmp_path.as_uri()})


def test_an_agent_in_steps_is_watched_and_goes_on_from_its_sessions(
    editor: Editor, tmp_path: Path
) -> None:
    folder = tmp_path / "workspace" / "steps"
    asked = {"folderUri": folder.as_uri(), "name": "Steps", "template": "react"}
    config = write(editor, editor.request("runagent/newAgent", asked))
    question = {"question": "Ada likes tea. What is 6 * 7? And that + 1?", "session_id": "one"}
    outcome = run(editor, config, "ask_stream", kwargs=question)
    assert outcome["state"] == "completed", outcome

    def ask(part: str = "", **params: object) -> Json:
        found: Json = editor.request(
            f"runagent/sessions{part}", {"configUri": config.as_uri(), **params}
        )
        return found

    (session,) = ask()["sessions"]
    assert (session["session"], session["agent"], session["reason"]) == (
        "one",
        "assistant",
        "answered",
    )
    was = ask("/get", session="one", step=2)
    assert was["working"] == [{"key": "that", "value": "42"}]
    assert [it["id"] for it in was["graph"]["entities"]] == ["Ada", "tea"]
    assert [it["tools"][0]["tool"] for it in was["checkpoints"][:3]] == [
        "relate",
        "calculate",
        "calculate",
    ]
    assert ask("/get", session="one")["answer"] == "42\n43"
    again = run(editor, config, "ask", kwargs={**question, "resume_from_step": 2})
    assert again["value"]["answer"] == "42\n43"
    fork = next(it for it in ask()["sessions"] if it["session"] == again["value"]["session"])
    assert fork["forkedFrom"] == {"session": "one", "step": 2}
    events = ask("/events", session=fork["session"])["events"]
    assert [events[0]["type"], events[-1]["type"]] == ["session_started", "session_ended"]
    assert ask("/delete", session="one") == {"deleted": True}
    assert [it["session"] for it in ask()["sessions"]] == [fork["session"]]
