"""What is underlined, where, for whom, and when it goes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.applying import edited
from lsp.conftest import MAIN, VALID, write_project
from lsp.editor import PULL, PUSH, SHELL, Editor
from runagent_ls.lsp.rendering import KNOWN_TO_EDITORS, WITHOUT_EFFECT
from runagent_ls.rules.registry import rule

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]
WRONG = {"framework": "langhcain"}


def codes(report: Json | list[Json]) -> set[str]:
    items = report["items"] if isinstance(report, dict) else report
    return {item["code"] for item in items}


def texts(report: Json) -> str:
    return "\n".join(item["message"] for item in report["items"])


def marked(text: str, item: Json) -> str:
    """The part of a text that a diagnostic marks, found the way an editor finds it: in UTF-16."""
    start, end = item["range"]["start"], item["range"]["end"]
    assert start["line"] == end["line"]
    line: bytes = text.split("\n")[start["line"]].encode("utf-16-le")
    return line[2 * start["character"] : 2 * end["character"]].decode("utf-16-le")


def test_a_right_project_has_no_diagnostics(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    assert editor.pull(editor.open(config))["items"] == []
    main = tmp_path / "agent" / "main.py"
    assert editor.pull(editor.open(main, language="python"))["items"] == []


def test_a_mistake_is_marked_at_its_place_with_code_and_data(
    editor: Editor, tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent", **WRONG)
    (item,) = editor.pull(editor.open(config))["items"]
    assert item["source"] == "runagent"
    assert item["severity"] == 1
    assert item["code"].startswith("RA1")
    assert marked(config.read_text("utf-8"), item) == '"langhcain"'
    assert "langchain" in item["message"]
    assert item["data"]["slug"]


def test_places_are_counted_in_utf_16(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    text = json.dumps({**VALID, "agent_name": "🦉🦉é", **WRONG}, ensure_ascii=False)
    assert text.index("🦉") < text.index("langhcain")
    (item,) = editor.pull(editor.open(config, text))["items"]
    assert marked(text, item) == '"langhcain"'


def test_python_files_carry_findings_about_their_functions(editor: Editor, tmp_path: Path) -> None:
    entry = {"file": "main.py", "module": "count", "tag": "count"}
    config = write_project(tmp_path / "agent", agent_architecture={"entrypoints": [entry]})
    in_config = editor.pull(editor.open(config))
    main = config.parent / "main.py"
    in_python = editor.pull(editor.open(main, language="python"))
    assert codes(in_config) & codes(in_python)
    item = next(it for it in in_python["items"] if it["code"] in codes(in_config))
    related = item["relatedInformation"]
    assert config.as_uri() in {it["location"]["uri"] for it in related}


def test_an_edit_in_an_open_python_file_counts_for_the_config(
    editor: Editor, tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    uri = editor.open(config)
    main = editor.open(config.parent / "main.py", language="python")
    assert editor.pull(uri)["items"] == []
    editor.change(main, MAIN.replace("def greet", "def greeting"))
    assert "greet" in texts(editor.pull(uri))
    editor.change(main, MAIN, 3)
    assert editor.pull(uri)["items"] == []


def test_broken_while_typing_then_fixed(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    assert editor.pull(uri)["items"] == []
    for version, broken in enumerate((text[:-3], text.replace(",", "", 1), "", '{"a":'), 2):
        editor.change(uri, broken, version)
        assert editor.pull(uri)["items"], broken
    editor.change(uri, text, 9)
    assert editor.pull(uri)["items"] == []


def test_yaml_is_checked_like_json(editor: Editor, tmp_path: Path) -> None:
    write_project(tmp_path / "agent").unlink()
    config = tmp_path / "agent" / "runagent.config.yaml"
    text = json.dumps({**VALID, **WRONG}, indent=2)  # JSON is YAML
    (item,) = editor.pull(editor.open(config, text, "yaml"))["items"]
    assert marked(text, item) == '"langhcain"'


def test_unchanged_reports_say_so(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", **WRONG)
    uri, text = editor.open(config), config.read_text("utf-8")
    first = editor.pull(uri)
    again = editor.pull(uri, first["resultId"])
    assert again == {"kind": "unchanged", "resultId": first["resultId"]}
    editor.change(uri, "\n" + text)
    moved = editor.pull(uri, first["resultId"])
    assert moved["kind"] == "full"
    editor.change(uri, text, 3)
    back = editor.pull(uri, moved["resultId"])
    assert back["kind"] == "full" and back["resultId"] != first["resultId"]


def test_an_older_version_that_comes_late_is_ignored(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    editor.change(uri, text, 5)
    editor.change(uri, "{", 4)
    assert editor.pull(uri)["items"] == []


def test_a_burst_of_edits_is_checked_once_and_ends_right(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    bodies: list[Json] = []
    requests = []
    for number in range(50):
        wrong = text.replace('"default"', f'"wrong{number}"') if number < 49 else text
        document = {"uri": uri, "version": number + 2}
        change = {"textDocument": document, "contentChanges": [{"text": wrong}]}
        bodies.append({"method": "textDocument/didChange", "params": change})
        requests.append(1000 + number)
        params = {"textDocument": {"uri": uri}}
        bodies.append({"id": requests[-1], "method": "textDocument/diagnostic", "params": params})
    editor.send_bytes(*(json.dumps({"jsonrpc": "2.0", **body}).encode() for body in bodies))
    reports = [editor.answer(request) for request in requests]
    assert reports[-1]["items"] == []
    # Each report took its findings from a check; 50 checks would have given 50 ids.
    assert len({report["resultId"] for report in reports}) <= 3


def test_a_cancelled_pull_is_answered_as_cancelled(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri = editor.open(config)
    pull = {
        "id": 900,
        "method": "textDocument/diagnostic",
        "params": {"textDocument": {"uri": uri}},
    }
    cancel = {"method": "$/cancelRequest", "params": {"id": 900}}
    editor.send_bytes(*(json.dumps({"jsonrpc": "2.0", **body}).encode() for body in (pull, cancel)))
    with pytest.raises(Exception, match="-32800"):
        editor.answer(900)


# --- the workspace --------------------------------------------------------------------------


def test_configs_never_opened_are_reported(editor: Editor, tmp_path: Path) -> None:
    configs = [write_project(tmp_path / "some" / f"agent{n}", **WRONG) for n in range(3)]
    skipped = write_project(tmp_path / "node_modules" / "x", **WRONG)
    editor.files_changed(*((config, 1) for config in configs))

    def found() -> bool:
        return {config.as_uri() for config in configs} <= editor.pull_all().keys()

    editor.until(found, "all projects are found")
    report = editor.pull_all()
    assert all(codes(report[config.as_uri()]) for config in configs)
    assert skipped.as_uri() not in report
    known = {uri: item["resultId"] for uri, item in report.items()}
    assert {item["kind"] for item in editor.pull_all(known).values()} == {"unchanged"}


def test_deleting_a_config_clears_it(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", **WRONG)
    editor.files_changed((config, 1))
    editor.until(lambda: config.as_uri() in editor.pull_all(), "the project is found")
    known = {uri: item["resultId"] for uri, item in editor.pull_all().items()}
    config.unlink()
    editor.files_changed((config, 3))
    report = editor.pull_all(known)
    assert report[config.as_uri()]["kind"] == "full"
    assert report[config.as_uri()]["items"] == []
    assert editor.pull_all() == {}


@pytest.mark.parametrize("how", ["didDeleteFiles", "didRenameFiles", "unannounced"])
def test_a_folder_that_goes_takes_its_diagnostics_along(
    editor: Editor, tmp_path: Path, how: str
) -> None:
    config = write_project(tmp_path / "sub" / "agent", **WRONG)
    editor.files_changed((config, 1))
    editor.until(lambda: config.as_uri() in editor.pull_all(), "the project is found")
    old, new = tmp_path / "sub", tmp_path / "other"
    if how == "didRenameFiles":
        old.rename(new)
        files = [{"oldUri": old.as_uri(), "newUri": new.as_uri()}]
        editor.notify("workspace/didRenameFiles", {"files": files})
        moved = new / "agent" / config.name
        editor.until(lambda: moved.as_uri() in editor.pull_all(), "the renamed one is found")
    else:
        shutil.rmtree(old)
        if how == "didDeleteFiles":
            editor.notify("workspace/didDeleteFiles", {"files": [{"uri": old.as_uri()}]})
    known = {config.as_uri(): "x"}
    editor.until(
        lambda: (
            editor.pull_all(known)[config.as_uri()].get("items") == []
            and config.as_uri() not in editor.pull_all()
        ),
        "the old diagnostics are taken back",
    )


def test_a_change_on_the_disk_is_seen_and_announced(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, main = editor.open(config), config.parent / "main.py"
    assert editor.pull(uri)["items"] == []
    before = len(editor.of("workspace/diagnostic/refresh"))
    main.unlink()
    editor.files_changed((main, 3))
    assert "main.py" in texts(editor.pull(uri))
    editor.until(
        lambda: len(editor.of("workspace/diagnostic/refresh")) > before, "a refresh is asked for"
    )
    main.write_text(MAIN, "utf-8")
    editor.files_changed((main, 1))
    assert editor.pull(uri)["items"] == []


def test_what_is_to_be_watched_is_registered(editor: Editor) -> None:
    def of_files(params: Json) -> bool:
        registered: str = params["registrations"][0]["method"]
        return registered == "workspace/didChangeWatchedFiles"

    params = editor.wait_for("client/registerCapability", of_files)
    watchers = params["registrations"][0]["registerOptions"]["watchers"]
    patterns = {watcher["globPattern"] for watcher in watchers}
    wanted = {"**/runagent.config.{json,yaml,yml}", "**/*.py", "**/.env", "**/.gitignore"}
    assert wanted <= patterns


def test_closing_an_unsaved_edit_brings_back_what_is_on_the_disk(
    editor: Editor, tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    uri = editor.open(config, config.read_text("utf-8").replace('"default"', '"nonsense"'))
    assert editor.pull(uri)["items"]
    editor.close_document(uri)
    assert editor.pull(uri)["items"] == []


def test_many_roots_and_folders_that_come_and_go(editors: MakeEditor, tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    in_first, in_second = write_project(first, **WRONG), write_project(second / "deep", **WRONG)
    editor = editors([first])
    editor.start()
    editor.until(lambda: in_first.as_uri() in editor.pull_all(), "the first folder is searched")
    assert in_second.as_uri() not in editor.pull_all()

    def folders_changed(added: list[Path], removed: list[Path]) -> None:
        event = {
            "added": [{"uri": path.as_uri(), "name": path.name} for path in added],
            "removed": [{"uri": path.as_uri(), "name": path.name} for path in removed],
        }
        editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})

    folders_changed([second], [first])
    editor.until(lambda: in_second.as_uri() in editor.pull_all(), "the second is searched")
    report = editor.pull_all({in_first.as_uri(): "x"})
    assert report[in_first.as_uri()]["items"] == []
    folders_changed([first], [])
    both = {in_first.as_uri(), in_second.as_uri()}
    editor.until(lambda: both <= editor.pull_all().keys(), "the first is back")


def test_a_config_outside_all_folders_is_checked_while_open(
    editors: MakeEditor, tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent", **WRONG)
    editor = editors()
    editor.start()
    uri = editor.open(config)
    assert editor.pull(uri)["items"]
    assert uri in editor.pull_all()
    editor.close_document(uri)
    assert editor.pull_all() == {}


def test_uris_stay_the_clients(editors: MakeEditor, tmp_path: Path) -> None:
    """Percent signs where the client puts them, and no symbolic link resolved."""
    real = tmp_path / "real dir"
    write_project(real / "agent", **WRONG)
    (tmp_path / "link").symlink_to(real)
    spelled = f"file://{tmp_path.as_posix()}/link".replace("-", "%2D")
    editor = editors(capabilities=PULL)
    editor.start(workspaceFolders=[{"uri": spelled, "name": "x"}])
    wanted = f"{spelled}/agent/runagent.config.json"
    editor.until(lambda: wanted in editor.pull_all(), "the project has the client's URI")


# --- settings -------------------------------------------------------------------------------


def test_rules_can_be_turned_off_and_made_louder(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", **WRONG)
    uri = editor.open(config)
    (item,) = editor.pull(uri)["items"]

    def with_rules(rules: Json) -> list[int]:
        editor.settings = {"runagent": {"rules": rules}}
        asked = len(editor.of("workspace/configuration"))
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        editor.until(lambda: len(editor.of("workspace/configuration")) > asked, "settings asked")
        return [it["severity"] for it in editor.pull(uri)["items"]]

    editor.until(lambda: with_rules({item["code"]: "off"}) == [], "the rule is off")
    editor.until(lambda: with_rules({item["data"]["slug"]: "hint"}) == [4], "it is a hint")
    editor.until(lambda: with_rules({}) == [1], "it is an error again")


def test_settings_of_a_folder_count_there_only(editors: MakeEditor, tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    loud, quiet = write_project(first, **WRONG), write_project(second, **WRONG)
    probe = editors([first])
    probe.start()
    probe.until(lambda: loud.as_uri() in probe.pull_all(), "found")
    off = {"rules": {probe.pull(loud.as_uri())["items"][0]["code"]: "off"}}
    editor = editors([first, second], settings={"by folder": {second.as_uri(): off}})
    editor.start()
    editor.until(
        lambda: (
            bool(editor.pull(editor.open(loud))["items"])
            and editor.pull(editor.open(quiet))["items"] == []
        ),
        "each folder has its own settings",
    )


def test_a_wrong_setting_is_told_once_and_replaced(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", **WRONG)
    editor.settings = {"runagent": {"rules": {"RA101": "loud"}, "target": 5}}
    for _ in range(2):
        editor.notify("workspace/didChangeConfiguration", {"settings": {}})
    message = editor.wait_for("window/showMessage", lambda it: "rules.RA101" in it["message"])
    assert message["type"] == 2
    assert editor.pull(editor.open(config))["items"]
    told = [it for it in editor.of("window/showMessage") if "rules.RA101" in it["message"]]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("capabilities", "setting", "shown"),
    [(PULL, None, True), (SHELL, None, False), (SHELL, True, True), (PULL, False, False)],
)
def test_json_syntax_is_left_to_editors_that_know_it(
    editors: MakeEditor, tmp_path: Path, capabilities: Json, setting: bool | None, shown: bool
) -> None:
    write_project(tmp_path / "agent")
    values = {} if setting is None else {"runagent": {"syntaxDiagnostics": setting}}
    editor = editors([tmp_path], capabilities, values)
    editor.start()
    config = tmp_path / "agent" / "runagent.config.json"
    uri = editor.open(config, '{"agent_name": "x",}')
    editor.until(lambda: ("RA002" in codes(editor.pull(uri))) is shown, "the setting has been read")
    uri_broken = "RA001" in codes(editor.pull(editor.open(config, '{"agent_name": ')))
    assert uri_broken is shown
    config.unlink()
    yaml = tmp_path / "agent" / "runagent.config.yaml"
    editor.files_changed((config, 3))
    editor.close_document(uri)
    broken = editor.open(yaml, "a: [1", "yaml")
    assert any(code.startswith("RA0") for code in codes(editor.pull(broken)))


def test_a_rule_that_does_not_exist_is_named_once(editor: Editor) -> None:
    editor.settings = {"runagent": {"rules": {"no-such-rule": "off", "RA101": "hint"}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    message = editor.wait_for("window/showMessage")
    assert "'no-such-rule'" in message["message"]
    assert "RA101" not in message["message"]


def test_rules_that_the_server_treats_apart_exist() -> None:
    assert all(rule(slug) is not None for slug in WITHOUT_EFFECT | KNOWN_TO_EDITORS)


def test_what_has_no_effect_is_faded(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", framewrok="default")
    (item,) = editor.pull(editor.open(config))["items"]
    assert item["data"]["slug"] == "unknown-field"
    assert item["tags"] == [1]


# --- push -----------------------------------------------------------------------------------


@pytest.fixture
def pushed(editors: MakeEditor, tmp_path: Path) -> Editor:
    editor = editors([tmp_path], PUSH)
    editor.start()
    return editor


def test_pushed_diagnostics_come_and_go_with_their_version(pushed: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", **WRONG)
    uri = pushed.open(config)
    pushed.published(uri, lambda items: len(items) == 1)
    assert pushed.of("textDocument/publishDiagnostics")[-1]["version"] == 1
    pushed.change(uri, config.read_text("utf-8").replace("langhcain", "langchain"), 2)
    pushed.published(uri, lambda items: items == [])
    assert pushed.of("textDocument/publishDiagnostics")[-1]["version"] == 2


def test_pushed_diagnostics_reach_configs_never_opened(editors: MakeEditor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", **WRONG)
    editor = editors([tmp_path], PUSH)
    editor.start()
    editor.published(config.as_uri(), lambda items: len(items) == 1)
    config.unlink()
    editor.files_changed((config, 3))
    editor.published(config.as_uri(), lambda items: items == [])


def test_nothing_is_pushed_to_those_who_pull(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", **WRONG)
    uri = editor.open(config)
    editor.change(uri, "{")
    assert editor.pull(uri)["items"]
    assert editor.of("textDocument/publishDiagnostics") == []


def test_a_push_of_an_edit_reaches_the_other_file(pushed: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    main = pushed.open(config.parent / "main.py", language="python")
    pushed.open(config)
    pushed.change(main, MAIN.replace("def greet", "def greeting"))
    pushed.published(config.as_uri(), lambda items: any("greet" in it["message"] for it in items))


# --- isolation and fixes --------------------------------------------------------------------


def test_quick_fixes_carry_the_finding_they_remove(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    text = '{"agent_name": "x",}'
    uri = editor.open(config, text)
    item = next(it for it in editor.pull(uri)["items"] if it["code"] == "RA002")
    params = {
        "textDocument": {"uri": uri},
        "range": item["range"],
        "context": {"diagnostics": [item]},
    }
    actions = editor.request("textDocument/codeAction", params)
    action = next(it for it in actions if it["diagnostics"][0]["code"] == "RA002")
    assert action["kind"] == "quickfix"
    (change,) = action["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": 1}
    assert change["edits"] == item["data"]["fix"]["edit"]["changes"][uri]
    assert edited(text, change["edits"]) == '{"agent_name": "x"}'
    params["context"] = {"diagnostics": [], "only": ["refactor"]}
    assert editor.request("textDocument/codeAction", params) == []
