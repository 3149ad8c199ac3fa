"""Fixing all that is wanted: round after round, as edits of the texts as they were."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runagent_ls.features.changes import Change
from runagent_ls.features.edited_text import EditedText
from runagent_ls.features.fix_all import fix_all, is_safe
from runagent_ls.jsontree.edits import apply
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.rules.selection import Selection
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Span

BASE = {
    "agent_name": "demo",
    "description": "d",
    "framework": "default",
    "template": "",
    "version": "1.0.0",
    "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_id": "11111111-2222-4333-8444-555555555555",
}


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder whose surroundings no other test can disturb: RunAgent looks four folders up."""
    folder = tmp_path / "1" / "2" / "3" / "4" / "agent"
    folder.mkdir(parents=True)
    return folder


def write(folder: Path, entries: list[dict[str, str]]) -> Path:
    (folder / "main.py").write_text("def greet(name):\n    return name\n", "utf-8")
    config = folder / "runagent.config.json"
    value = {**BASE, "agent_architecture": {"entrypoints": entries}}
    config.write_text(json.dumps(value, indent=2), "utf-8")
    return config


def fixed(change: Change, path: Path) -> str:
    text = path.read_bytes().decode()
    lines = LineIndex(text)
    spots = [
        (Span(lines.offset(it.range.start), lines.offset(it.range.end)), it.new_text)
        for it in change.edits
        if it.file == path
    ]
    return apply(text, spots)


def test_fixes_that_touch_each_other_are_made_one_after_the_other(workplace: Path) -> None:
    config = write(workplace, [{"file": "main.py", "module": "greet", "tag": "greet"}])
    for name in ("node_modules", ".git"):
        (workplace / name).mkdir()
        (workplace / name / "x").write_text("")
    ignored = workplace / ".gitignore"
    ignored.write_bytes(b"*.log")
    change = fix_all(DiskFiles(), config, is_safe)
    assert len(change.edits) == 1, "they all go to the end of the file"
    lines = fixed(change, ignored).splitlines()
    assert lines[0] == "*.log"
    assert set(lines[1:]) == {"node_modules/", ".git/"}
    assert ignored.read_bytes() == b"*.log", "nothing is written"


def test_only_what_is_wanted_is_fixed(workplace: Path) -> None:
    entries = [{"file": "main.py", "module": "greet()", "tag": "greet "}]
    config = write(workplace, entries)
    text = config.read_text("utf-8")
    safe = fixed(fix_all(DiskFiles(), config, is_safe), config)
    assert safe == text.replace("greet()", "greet")
    tags = fix_all(DiskFiles(), config, lambda it: it.slug == "tag-spaces")
    assert fixed(tags, config) == text.replace('"greet "', '"greet"')
    off = Selection(ignore=("module-form", "module-with-file"))
    both = fix_all(DiskFiles(), config, lambda it: it.slug == "tag-spaces", off)
    assert both == tags


def test_each_of_a_thousand_findings_has_an_edit_of_its_own(workplace: Path) -> None:
    entries = [{"file": "main.py", "module": "greet()", "tag": f"t{at}"} for at in range(1000)]
    config = write(workplace, entries)
    change = fix_all(DiskFiles(), config, is_safe)
    assert len(change.edits) == 1000
    assert fixed(change, config) == config.read_text("utf-8").replace("greet()", "greet")


EDITS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4), st.text("xy", max_size=3)))


@given(st.text("abc", max_size=12), st.lists(EDITS, max_size=4))
def test_many_rounds_come_to_the_same_as_the_edits_of_the_first_text(
    first: str, rounds: list[list[tuple[int, int, str]]]
) -> None:
    edited, plain = EditedText(first), first
    for edits in rounds:
        chosen: list[tuple[Span, str]] = []
        for start, length, new_text in sorted(edits):
            span = Span(min(start, len(plain)), min(start + length, len(plain)))
            if all(span.start > other.end for other, _ in chosen):
                chosen.append((span, new_text))
        edited.edit(chosen)
        plain = apply(plain, chosen)
        assert edited.text == plain
    made = list(edited.edits())
    assert apply(first, made) == plain
    assert all(one.end < other.start for (one, _), (other, _) in pairwise(made))
