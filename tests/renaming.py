"""Renaming in workspaces that are written as texts; marked places are those that must change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from marked_workspace import MarkedWorkspace
from runagent_ls.features.changes import Change, RefusedError
from runagent_ls.features.rename.renaming import prepare, rename
from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.lines import LineIndex


def change_of(workspace: MarkedWorkspace, new: str) -> Change:
    """What renaming at the cursor does; it must be offered there first."""
    path, offset = workspace.cursor
    offered = prepare(workspace.snapshot, path, offset)
    assert offered is not None, "nothing to rename at the cursor"
    assert offered.span.start <= offset <= offered.span.end
    written = workspace.texts[path.relative_to(workspace.root).as_posix()].text
    shown = written[offered.span.start : offered.span.end]
    assert shown == offered.name or "\\" in shown
    change = rename(workspace.snapshot, path, offset, new)
    assert change is not None
    assert not change.creates
    assert not change.renames
    return change


def applied(workspace: MarkedWorkspace, edits: Iterable[TextEdit]) -> dict[str, str]:
    """The texts of all files after edits, by name."""
    texts = {name: text.text for name, text in workspace.texts.items()}
    by_name: dict[str, list[TextEdit]] = {}
    for edit in edits:
        by_name.setdefault(edit.file.relative_to(workspace.root).as_posix(), []).append(edit)
    for name, own in by_name.items():
        lines = LineIndex(texts[name])
        places = sorted((lines.offset(it.range.start), lines.offset(it.range.end)) for it in own)
        assert all(a[1] <= b[0] for a, b in pairwise(places)), "overlap"
        for edit in sorted(own, key=lambda it: it.range, reverse=True):
            start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
            texts[name] = texts[name][:start] + edit.new_text + texts[name][end:]
    return texts


def assert_renames(root: Path, files: Mapping[str, str], new: str = "hello") -> Change:
    """Renaming at the cursor changes exactly the marked places."""
    workspace = MarkedWorkspace(root, files)
    change = change_of(workspace, new)
    assert applied(workspace, change.edits) == expected(workspace, new)
    return change


def expected(workspace: MarkedWorkspace, new: str) -> dict[str, str]:
    """The texts with the marked places replaced."""
    texts = {}
    for name, text in workspace.texts.items():
        after = text.text
        for start, end in sorted(text.spans, reverse=True):
            after = after[:start] + new + after[end:]
        texts[name] = after
    return texts


def assert_refused(root: Path, files: Mapping[str, str], match: str, new: str = "hello") -> None:
    """Renaming at the cursor is refused, at the latest when the new name is known."""
    workspace = MarkedWorkspace(root, files)
    path, offset = workspace.cursor
    with pytest.raises(RefusedError, match=match):
        rename(workspace.snapshot, path, offset, new)
