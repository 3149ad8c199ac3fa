"""Renaming tags: in the configuration and in the calls that certainly reach the agent."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_workspace import JSON, YAML, MarkedWorkspace, config, entry
from renaming import applied, assert_refused, assert_renames, change_of
from runagent_ls.features.changes import RefusedError
from runagent_ls.features.rename.renaming import prepare

IMPORT = "from runagent import RunAgentClient\n"
MAIN = "def greet(): ...\n"


def call(tag: str, agent: str = '"a1"') -> str:
    return f'RunAgentClient(agent_id={agent}, entrypoint_tag="{tag}")\n'


def test_only_the_entry_and_calls_of_this_agent_change(tmp_path: Path) -> None:
    files = {
        f"a/{JSON}": config(entry("greet", "⟦gr‸eet⟧"), entry("greet", "greet2")),
        f"b/{JSON}": config(entry("greet", "greet"), agent_id="b1"),
        "a/main.py": MAIN,
        "b/main.py": MAIN,
        "client.py": IMPORT + call("⟦greet⟧") + call("greet", '"b1"') + call("greet", '"c1"'),
        "web.ts": 'import { RunAgentClient } from "runagent";\n'
        "new RunAgentClient({ agentId: 'a1', entrypointTag: '⟦greet⟧' });\n",
    }
    assert not assert_renames(tmp_path, files).doubtful


def test_from_a_call_everything_else_changes_as_well(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet", "⟦greet⟧")),
        "main.py": MAIN,
        "client.py": IMPORT + call("⟦gr‸eet⟧"),
    }
    assert_renames(tmp_path, files)


def test_calls_of_who_knows_which_agent_are_doubtful(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet", "⟦gr‸eet⟧")),
        "main.py": MAIN,
        "client.py": IMPORT + call("greet", "os.environ['ID']") + call("⟦greet⟧"),
    }
    (doubt,) = assert_renames(tmp_path, files).doubtful
    assert [(edit.file.name, edit.range.start.line) for edit in doubt.edits] == [("client.py", 1)]
    assert "only known when they run" in doubt.description


def test_copies_of_an_agent_make_calls_doubtful(tmp_path: Path) -> None:
    files = {
        f"a/{JSON}": config(entry("greet", "⟦gr‸eet⟧")),
        f"b/{JSON}": config(entry("greet", "greet")),
        "client.py": IMPORT + call("greet") + call("greet", "ID"),
    }
    copies, unknown = assert_renames(tmp_path, files).doubtful
    assert "several agents have the id" in copies.description
    assert "only known when they run" in unknown.description


def test_equal_tags_are_told_apart(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet", "greet"), entry("greet", "⟦gr‸eet⟧")),
        "client.py": IMPORT + call("greet"),
    }
    (doubt,) = assert_renames(tmp_path, files).doubtful
    assert "several entrypoints with this tag" in doubt.description


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("other", r"'other' is in use by main.py: f \(entrypoint 2\)"),
        ("", "empty"),
        (" x", "spaces at its ends"),
        ("a\nb", "visible characters"),
        ("greet_stream", "'greet' answers at once, 'greet_stream' would stream"),
    ],
)
def test_tags_that_would_break_something(tmp_path: Path, new: str, reason: str) -> None:
    files = {JSON: config(entry("greet", "gr‸eet"), entry("f", "other"))}
    assert_refused(tmp_path, files, reason, new)


def test_a_stream_stays_one(tmp_path: Path) -> None:
    files = {JSON: config(entry("greet", "⟦gr‸eet_stream⟧"))}
    assert_renames(tmp_path / "a", files, "hello_stream")
    assert_refused(tmp_path / "b", files, "streams, 'hello' would not")


def test_a_call_that_cannot_be_written_anew_stops_all(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet", "gr‸eet")),
        "client.py": IMPORT + call("greet").replace("greet", "gr\\x65et"),
    }
    assert_refused(tmp_path / "a", files, r"client\.py, line 2")
    files["client.py"] = files["client.py"].replace('"a1"', "other")
    files["client.py"] += call("greet", "other")
    (doubt,) = change_of(MarkedWorkspace(tmp_path / "doubt", files), "hello").doubtful
    assert len(doubt.edits) == 1  # the one that can be written
    files["client.py"] = IMPORT + call("greet")
    assert_refused(tmp_path / "b", files, "without quotes", 'say "hi"')


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (JSON, '{"agent_architecture":{"entrypoints":[{"tag":"⟦gr‸eet⟧"}]}}'),
        (JSON, '\t{"agent_architecture" :\r\n{"entrypoints":[{"tag"\r:"⟦gr‸eet⟧","file":"greet"'),
        (JSON, '{"agent_architecture":{"entrypoints":[{"tag":"⟦gr\\u0065‸et⟧" /* x */,}]}'),
        (YAML, "agent_architecture:\r\n  entrypoints:\r\n  - tag: ⟦gr‸eet⟧ # greet\r\n    file: a"),
        (YAML, "agent_architecture: {entrypoints: [{tag: '⟦gr‸eet⟧', file: greet}]}"),
        (YAML, 'agent_architecture: {entrypoints: [{tag: !!str "⟦gr‸eet⟧", file: greet}]}'),
    ],
)
def test_only_the_text_of_the_tag_changes(tmp_path: Path, name: str, text: str) -> None:
    assert_renames(tmp_path, {name: text})


def test_what_a_new_tag_needs_is_written(tmp_path: Path) -> None:
    files = {
        f"a/{JSON}": config(entry("greet", "gr‸eet")),
        f"b/{YAML}": "agent_architecture: {entrypoints: [{tag: 'it', file: a}]}",
    }
    workspace = MarkedWorkspace(tmp_path / "json", files)
    after = applied(workspace, change_of(workspace, 'a "b"\\ é').edits)
    assert r'"tag": "a \"b\"\\ é"' in after[f"a/{JSON}"]
    for written, new, wanted in (
        ("'gr‸eet'", "it's", "'it''s'"),
        ("gr‸eet", "yes", '"yes"'),
        ("gr‸eet", "a: b", '"a: b"'),
        ('"gr‸eet"', "a\\b", '"a\\\\b"'),
    ):
        text = f"agent_architecture:\n  entrypoints:\n  - tag: {written}\n    file: a\n"
        workspace = MarkedWorkspace(tmp_path / new, {YAML: text})
        after = applied(workspace, change_of(workspace, new).edits)
        assert f"  - tag: {wanted}\n" in after[YAML]


def test_what_an_anchor_repeats_is_refused(tmp_path: Path) -> None:
    entrypoints = "agent_architecture:\n  entrypoints:\n"
    for text in (
        entrypoints + "  - {tag: &t gr‸eet, module: *t, file: a}\n",
        entrypoints + "  - &e {tag: gr‸eet, file: a}\n  - {<<: *e, file: b}\n",
    ):
        assert_refused(tmp_path, {YAML: text}, "Write the value out")


def test_a_file_is_renamed_as_a_file(tmp_path: Path) -> None:
    workspace = MarkedWorkspace(tmp_path, {JSON: config(entry("greet", file="ma‸in.py"))})
    with pytest.raises(RefusedError, match="Rename or move the file itself"):
        prepare(workspace.snapshot, *workspace.cursor)
