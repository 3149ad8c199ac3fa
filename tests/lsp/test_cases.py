"""Saved cases over LSP: listed, read, written, and told of when they change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import write_project
from lsp.editor import PUSH, SHELL, Editor, RefusedError

Json = dict[str, Any]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_project(tmp_path / "agent")


@pytest.fixture
def shell(editors: Callable[..., Editor], config: Path) -> Editor:
    editor = editors([config.parent], SHELL)
    editor.start()
    return editor


def write_case(config: Path, tag: str, name: str, content: object) -> Path:
    """A case as a person would write it; a text is written as it is."""
    path = config.parent / ".runagent" / "cases" / tag / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def save(shell: Editor, config: Path, name: str, **more: object) -> Json:
    params = {
        "configUri": config.as_uri(),
        "tag": "greet",
        "name": name,
        "args": [],
        "kwargs": {"name": "Ada"},
        "overwrite": False,
        **more,
    }
    result: Json = shell.request("runagent/cases/save", params)
    return result


def listed(shell: Editor, **params: str) -> list[Json]:
    found: list[Json] = shell.request("runagent/cases", params)["cases"]
    return found


def test_cases_of_all_agents_are_listed_by_tag_and_name(shell: Editor, config: Path) -> None:
    expect = {
        "equals": "hello Ada",
        "contains": ["a", "b"],
        "jsonPath": [{"path": "$", "exists": True}],
    }
    write_case(config, "greet", "short", {"inputs": {"name": "Ada"}, "expect": expect})
    write_case(
        config, "greet", "also", {"description": "nothing is expected", "inputs": {"name": ""}}
    )
    write_case(config, "count_stream", "three", {})
    found = listed(shell)
    assert [(it["tag"], it["name"]) for it in found] == [
        ("count_stream", "three"),
        ("greet", "also"),
        ("greet", "short"),
    ]
    assert {it["configUri"] for it in found} == {config.as_uri()}
    assert [it["expectations"] for it in found] == [0, 0, 4]
    assert [it["problem"] for it in found] == [None, None, None]
    assert found[1]["description"] == "nothing is expected"
    other = write_project(config.parent / "inner")
    assert listed(shell, configUri=other.as_uri()) == []


def test_what_is_on_the_disk_is_known_before_the_client_tells_of_it(
    shell: Editor, config: Path
) -> None:
    """The client watches files, but what it sees reaches us later than a person's next click."""
    write_case(config, "greet", "first", {"inputs": {"name": "Ada"}})
    assert [it["name"] for it in listed(shell)] == ["first"]
    second = write_case(config, "greet", "second", {"inputs": {"name": "Bob"}})
    assert [it["name"] for it in listed(shell, configUri=config.as_uri())] == ["first", "second"]
    read = {"uri": second.as_uri()}
    assert shell.request("runagent/cases/get", read)["kwargs"] == {"name": "Bob"}
    write_case(config, "greet", "second", {"inputs": {"name": "Cleo"}})
    assert shell.request("runagent/cases/get", read)["kwargs"] == {"name": "Cleo"}
    second.unlink()
    assert [it["name"] for it in listed(shell)] == ["first"]


def test_a_saved_case_is_read_back(shell: Editor, config: Path) -> None:
    more = {"userId": "u1", "persistentMemory": True, "args": [1], "expect": {"equals": None}}
    saved = save(shell, config, "first", **more)
    path = config.parent / ".runagent" / "cases" / "greet" / "first.json"
    assert saved == {"uri": path.as_uri(), "saved": True}
    details = shell.request("runagent/cases/get", {"uri": saved["uri"]})
    assert details == {
        "case": listed(shell)[0],
        "args": [1],
        "kwargs": {"name": "Ada"},
        "userId": "u1",
        "persistentMemory": True,
        "expect": {"equals": None},
    }
    assert shell.wait_for("runagent/casesChanged") == {}


@pytest.mark.parametrize("name", ["a/b: c?", "..", "con", " ", "100 %", "ü🎉", "x\ud800", "a.json"])
def test_any_name_comes_back_as_it_was(shell: Editor, config: Path, name: str) -> None:
    saved = save(shell, config, name)
    assert saved["saved"]
    (found,) = listed(shell)
    assert (found["name"], found["uri"]) == (name, saved["uri"])
    assert shell.request("runagent/cases/get", {"uri": saved["uri"]})["kwargs"] == {"name": "Ada"}
    folder = config.parent / ".runagent" / "cases" / "greet"
    assert len(list(folder.iterdir())) == 1


def test_a_case_is_overwritten_only_when_asked_for(shell: Editor, config: Path) -> None:
    save(shell, config, "one")
    again = save(shell, config, "one", kwargs={"name": "Bob"})
    assert again["saved"] is False
    read = {"uri": again["uri"]}
    assert shell.request("runagent/cases/get", read)["kwargs"] == {"name": "Ada"}
    assert save(shell, config, "one", kwargs={"name": "Bob"}, overwrite=True)["saved"]
    assert shell.request("runagent/cases/get", read)["kwargs"] == {"name": "Bob"}


def test_overwriting_keeps_what_a_person_wrote(shell: Editor, config: Path) -> None:
    text = (
        '{ "description" : "mine",\r\n\t"kwargs": {"name": "Ada"},\r\n'
        '\t"expect": {"contains": "Ada"} }\r\n'
    )
    path = write_case(config, "greet", "mine", "")
    path.write_bytes(text.encode())
    save(shell, config, "mine", kwargs={"name": "Bob"}, overwrite=True)
    assert path.read_bytes().decode() == text.replace('"name": "Ada"', '"name": "Bob"')
    save(shell, config, "mine", kwargs={"name": "Bob"}, expect={"equals": 1}, overwrite=True)
    assert json.loads(path.read_bytes())["expect"] == {"equals": 1}


def test_what_the_editor_shows_is_what_counts(shell: Editor, config: Path) -> None:
    path = write_case(config, "greet", "open", {"inputs": {"name": "Ada"}})
    uri = shell.open(path, '{"inputs": {"name": "Eve"}}')
    assert shell.request("runagent/cases/get", {"uri": uri})["kwargs"] == {"name": "Eve"}
    with pytest.raises(RefusedError, match="not saved"):
        save(shell, config, "open", overwrite=True)
    assert json.loads(path.read_text()) == {"inputs": {"name": "Ada"}}
    shell.change(uri, path.read_text())
    assert save(shell, config, "open", kwargs={"name": "Bob"}, overwrite=True)["saved"]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("", "empty", (0, 0)),
        ("[]", "object", (0, 0)),
        ('{\n  "inputs": {"name": "Ada",}\n}', "comma", (1, 26)),
        ('{\n  "inputs": 5\n}', "inputs must be an object", (1, 12)),
        ('{\n  "expct": {}\n}', "did you mean expect", (1, 2)),
        ('{\n  "expect": {"minChunks": -1}\n}', "at least 0", (1, 26)),
        ('{"inputs": {},\n "kwargs": {}}', "same thing", (1, 1)),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    shell: Editor, config: Path, text: str, message: str, place: tuple[int, int]
) -> None:
    write_case(config, "greet", "broken", text)
    (found,) = listed(shell)
    assert message in found["problem"]
    start = found["problemRange"]["start"]
    assert (start["line"], start["character"]) == place


def test_changes_on_the_disk_are_told_and_seen(shell: Editor, config: Path) -> None:
    assert listed(shell) == []
    path = write_case(config, "greet", "new", {})
    shell.files_changed((path, 1))
    shell.wait_for("runagent/casesChanged")
    assert [it["name"] for it in listed(shell)] == ["new"]
    path.unlink()
    path.parent.rmdir()
    shell.files_changed((path.parent, 3))
    shell.until(lambda: len(shell.of("runagent/casesChanged")) == 2, "told again")
    assert listed(shell) == []


def test_a_case_is_held_against_the_code_as_it_is_now(shell: Editor, config: Path) -> None:
    write_case(config, "greet", "one", {"inputs": {"name": "Ada"}})
    assert listed(shell)[0]["problem"] is None
    main = config.parent / "main.py"
    text = main.read_text("utf-8")
    uri = shell.open(main, text.replace("name: str", "who: str"), "python")
    assert "has no parameter name" in listed(shell)[0]["problem"]
    shell.change(uri, text)
    assert listed(shell)[0]["problem"] is None


def test_a_case_of_an_agent_that_is_not_there_is_not_saved(shell: Editor, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="is not there"):
        save(shell, tmp_path / "nowhere" / "runagent.config.json", "one")
    assert not (tmp_path / "nowhere").exists()


def test_what_is_no_case_is_refused(shell: Editor, config: Path, tmp_path: Path) -> None:
    for path in (config, tmp_path / ".runagent" / "cases" / "greet" / "alone.json"):
        with pytest.raises(RefusedError, match="is no case"):
            shell.request("runagent/cases/get", {"uri": path.as_uri()})
    missing = config.parent / ".runagent" / "cases" / "greet" / "missing.json"
    with pytest.raises(RefusedError, match="is not there"):
        shell.request("runagent/cases/get", {"uri": missing.as_uri()})


def test_a_link_out_of_the_agents_folder_is_not_followed(
    shell: Editor, config: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (config.parent / ".runagent").mkdir()
    (config.parent / ".runagent" / "cases").symlink_to(outside)
    with pytest.raises(RefusedError, match="out of the agent's folder"):
        save(shell, config, "one")
    assert list(outside.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(shell: Editor, config: Path) -> None:
    (config.parent / ".runagent").write_text("a file")
    with pytest.raises(RefusedError, match=r"first\.json cannot be written"):
        save(shell, config, "first")


def test_an_open_case_is_checked_in_any_editor(editor: Editor, config: Path) -> None:
    path = write_case(config, "greet", "one", {})
    uri = editor.open(path, '{"inputs": {"nam": "Ada"},\n "expect": {"regex": "("}}')
    (problem,) = editor.pull(uri)["items"]
    assert "no regular expression" in problem["message"]
    assert problem["range"]["start"] == {"line": 1, "character": 21}
    assert (problem["severity"], problem["source"]) == (1, "runagent")
    editor.change(uri, '{"inputs": {"nam": "Ada"}}')
    said = [it["message"] for it in editor.pull(uri)["items"]]
    assert any("did you mean name?" in it for it in said)
    editor.change(uri, '{"inputs": {"name": "Ada"}}', version=3)
    assert editor.pull(uri)["items"] == []
    editor.change(uri, '{"expct": {}}', version=4)
    (problem,) = editor.pull(uri)["items"]
    assert "did you mean expect?" in problem["message"]


def test_an_editor_that_knows_the_schema_is_told_the_rest(shell: Editor, config: Path) -> None:
    uri = shell.open(write_case(config, "greet", "one", {}), '{"expct": {}}')
    assert shell.pull(uri)["items"] == []
    shell.change(uri, '{"expect": {"minChunks": 1}}')
    said = [it["message"] for it in shell.pull(uri)["items"]]
    assert any("minChunks is for streams" in it for it in said)


def test_an_open_case_is_published_and_taken_back(
    editors: Callable[..., Editor], config: Path
) -> None:
    editor = editors([config.parent], PUSH)
    editor.start()
    uri = editor.open(write_case(config, "greet", "one", {}), '{"expct": {}}')
    (problem,) = editor.published(uri, bool)
    assert "did you mean expect?" in problem["message"]
    editor.close_document(uri)
    assert editor.published(uri, lambda items: not items) == []


def test_a_secret_in_a_case_is_underlined(editor: Editor, config: Path) -> None:
    secret = "sk-proj-4Xq8ZtLw2RbN7cVd9Kfe"
    text = json.dumps({"inputs": {"name": "Ada", "more": {"key": [secret]}, "api_key": "your-key"}})
    uri = editor.open(write_case(config, "greet", "one", {}), text)
    (warning,) = [it for it in editor.pull(uri)["items"] if it["severity"] == 2]
    assert "looks like a secret" in warning["message"] and secret not in warning["message"]
    start, end = (warning["range"][it]["character"] for it in ("start", "end"))
    assert text[start:end] == f'"{secret}"'


def test_the_editor_is_asked_to_watch_cases(shell: Editor) -> None:
    def watches_cases(params: Json) -> bool:
        watchers = [
            watcher["globPattern"]
            for it in params["registrations"]
            for watcher in it.get("registerOptions", {}).get("watchers", ())
        ]
        return "**/{.runagent,.runagent/cases,.runagent/cases/**}" in watchers

    shell.wait_for("client/registerCapability", watches_cases)


def test_a_case_is_only_saved_beside_an_agents_configuration(shell: Editor, tmp_path: Path) -> None:
    other = tmp_path / "notes.json"
    other.write_text("{}", "utf-8")
    with pytest.raises(RefusedError, match="no agent's configuration"):
        save(shell, other, "first")
    assert not (tmp_path / ".runagent").exists()
