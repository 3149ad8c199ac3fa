"""The index of client calls and of agents: what edits leave is what reading anew finds."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import JsonValue, Missing
from runagent_ls.project import index as index_module
from runagent_ls.project.agent_index import AgentIndex
from runagent_ls.project.clients.disk import look
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.clients.reading import calls_in
from runagent_ls.project.file_source import DiskFiles, FileSource, OverlayFiles
from runagent_ls.project.index import WorkspaceIndex

NAMES = ("a.py", "b.py", "c.ts", "d.jsx", "notes.md")
TAGS = ("one", "two", "two_stream")
AGENTS = {"one": "id1", "two": "id2", "two_stream": "id2"}


def client(name: str, tags: Iterable[str]) -> str:
    if name.endswith(".py"):
        calls = "".join(f"RunAgentClient('{AGENTS[tag]}', '{tag}')\n" for tag in tags)
        return f"from runagent import RunAgentClient\n{calls}"
    calls = "".join(
        f"new RunAgentClient({{ agentId: '{AGENTS[tag]}', entrypointTag: '{tag}' }});\n"
        for tag in tags
    )
    return f"import {{ RunAgentClient }} from 'runagent';\n{calls}"


def everything(index: WorkspaceIndex, folder: Path) -> dict[str, object]:
    by_tag: dict[str, object] = {tag: index.calls_with_tag(tag) for tag in (*TAGS, "unused")}
    by_id: dict[str, object] = {it: index.calls_with_id(it) for it in ("id1", "id2", "unused")}
    return {**by_tag, **by_id, **{name: index.calls(folder / name) for name in NAMES}}


texts = st.tuples(
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(TAGS), max_size=3),
    st.sampled_from(("", "x =")),
)
steps = st.lists(st.tuples(st.sampled_from(("edit", "close", "ask")), texts), max_size=25)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_the_index_after_edits_is_the_index_made_anew(
    todo: list[tuple[str, tuple[str, list[str], str]]],
) -> None:
    folder = Path("/nowhere/at/all")
    files = OverlayFiles(DiskFiles())
    index = WorkspaceIndex(files)
    for what, (name, tags, broken) in todo:
        path = folder / name
        if what == "edit":
            files.change(path, client(name, tags) + broken)
            index.edited(path)
        elif what == "close":
            files.close(path)
            index.edited(path)
        else:
            index.calls_with_tag("one")
    anew = WorkspaceIndex(files)
    for name in NAMES:
        anew.edited(folder / name)
    assert everything(index, folder) == everything(anew, folder)


def test_one_edit_reads_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(path: Path, files: FileSource) -> tuple[ClientCall, ...] | None:
        read.append(path.name)
        return calls_in(path, files.read(path).text or "")

    monkeypatch.setattr(index_module, "read_calls", counted)
    files = OverlayFiles(DiskFiles())
    index = WorkspaceIndex(files)
    for number in range(50):
        files.change(tmp_path / f"{number}.py", client("a.py", ["one"]))
        index.edited(tmp_path / f"{number}.py")
    assert len(index.calls_with_tag("one")) == 50
    read.clear()
    for tag in ("two", "one", "two"):
        files.change(tmp_path / "7.py", client("a.py", [tag]))
        index.edited(tmp_path / "7.py")
        assert len(index.calls_with_tag("one")) == (50 if tag == "one" else 49)
        assert len(index.calls(tmp_path / "8.py")) == 1
    assert read == ["7.py"] * 3


# --- agents -----------------------------------------------------------------------------------


class Configs:
    """Configurations in memory, and which of them are read."""

    def __init__(self) -> None:
        self.texts: dict[Path, str] = {}
        self.read: list[Path] = []

    def value(self, config: Path) -> JsonValue | Missing:
        self.read.append(config)
        return parse(self.texts[config], "json").value

    def write(self, name: str, agent_id: object, *tags: object) -> Path:
        config = Path("/work space") / name
        entries = [{"tag": tag} for tag in tags]
        architecture = {"entrypoints": entries}
        self.texts[config] = json.dumps({"agent_id": agent_id, "agent_architecture": architecture})
        return config


def test_agents_are_found_by_id_and_by_tag() -> None:
    configs = Configs()
    index = AgentIndex(configs.value)
    second = configs.write("b", "id", "two", "one")
    first = configs.write("a", "id", "one")
    third = configs.write("c", "other", "one", 3, None)
    for config in (second, first, third):
        index.edited(config)
    assert index.with_id("id") == (first, second)
    assert index.with_tag("one") == (first, second, third)
    assert (index.with_id("none"), index.with_tag("none")) == ((), ())
    configs.write("b", "other")
    index.edited(second)
    assert (index.with_id("id"), index.with_tag("two")) == ((first,), ())
    index.forget(first)
    assert (index.with_id("id"), index.with_tag("one")) == ((), (third,))


def test_one_edit_of_a_configuration_reads_that_one_only() -> None:
    configs = Configs()
    index = AgentIndex(configs.value)
    for number in range(30):
        index.edited(configs.write(str(number), f"id-{number}", "one"))
    assert len(index.with_tag("one")) == 30
    configs.read.clear()
    edited = configs.write("7", "id-7", "two")
    index.edited(edited)
    assert (len(index.with_tag("one")), index.with_tag("two")) == (29, (edited,))
    assert configs.read == [edited]


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"agent_id": 3}', '{"agent_architecture": 1', "{"]
)
def test_a_configuration_that_says_nothing_is_nobody(text: str) -> None:
    configs = Configs()
    index = AgentIndex(configs.value)
    configs.texts[Path("/x")] = text
    index.edited(Path("/x"))
    assert index.with_id("id") == ()
    assert Path("/x") in index


# --- the disk ---------------------------------------------------------------------------------


def old(path: Path) -> Path:
    """A file that was last written long ago: what changes it now changes its time."""
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(client("a.py", ["one"]))
    first = look(old(path), None)
    assert first is not None
    assert first.text == client("a.py", ["one"])
    assert look(path, first.signature) is None
    path.write_text(client("a.py", ["two"]))
    second = look(path, first.signature)
    assert second is not None
    assert second.text == client("a.py", ["two"])
    # Written just now, it might change again within the clock's step.
    assert second.signature is None


def test_only_what_may_call_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("print('RunAgent')\n")
    seen = look(old(path), None)
    assert seen is not None
    assert (seen.text, seen.signature is None) == ("", False)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    for path in (tmp_path / "pipe.py", tmp_path / "missing.py", tmp_path, Path("/x\0y")):
        seen = look(path, None)
        assert seen is not None
        assert (seen.text, seen.signature) == (None, None)
