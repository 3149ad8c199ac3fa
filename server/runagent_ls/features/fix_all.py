"""All fixes of one kind together: what remains when each has been made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.changes import Change, text_edits
from runagent_ls.features.edited_text import EditedText
from runagent_ls.project.file_source import FileSource, OverlayFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check
from runagent_ls.rules.finding import Finding, Fix, TextEdit
from runagent_ls.rules.selection import Selection
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Span

_PASSES: Final = 20
"""Fixes that undo each other must not go on for ever."""

Wanted = Callable[[Finding], bool]


def is_safe(finding: Finding) -> bool:
    """Whether it has a fix that cannot change what the author means."""
    return finding.fix is not None and finding.fix.safe


def fix_all(
    files: FileSource, config: FilePath, wanted: Wanted, selection: Selection | None = None
) -> Change:
    """Fix the findings of one project that are `wanted`, again until no such finding is left.

    Fixes that touch each other are made one after the other, each on the text that the last one
    left.
    """
    overlay, texts = OverlayFiles(files), dict[FilePath, EditedText]()
    for _ in range(_PASSES):
        found = check(load_project(config, overlay), selection)
        fixes = (it.fix for each in found.values() for it in each if it.fix and wanted(it))
        edits = _together(dict.fromkeys(fixes))
        changes = [_edit(overlay, texts, path, own) for path, own in edits.items()]
        if not any(changes):
            break
    changed = ((path, files.read(path).text or "", texts[path].edits()) for path in sorted(texts))
    return Change(tuple(edit for it in changed for edit in text_edits(*it)))


def _together(fixes: Iterable[Fix]) -> dict[FilePath, list[TextEdit]]:
    """The edits of as many fixes as do not touch one another, the first one first."""
    chosen: dict[FilePath, list[TextEdit]] = {}
    for fix in fixes:
        if not any(
            _touch(edit, other) for edit in fix.edits for other in chosen.get(edit.file, ())
        ):
            for edit in fix.edits:
                chosen.setdefault(edit.file, []).append(edit)
    return chosen


def _touch(one: TextEdit, other: TextEdit) -> bool:
    return one.range.start <= other.range.end and other.range.start <= one.range.end


def _edit(
    overlay: OverlayFiles,
    texts: dict[FilePath, EditedText],
    path: FilePath,
    edits: Iterable[TextEdit],
) -> bool:
    """Make the edits in the overlay; False when they change nothing."""
    before = overlay.read(path).text
    if before is None:
        return False
    lines = LineIndex(before)
    text = texts.setdefault(path, EditedText(before))
    text.edit(
        (Span(lines.offset(it.range.start), lines.offset(it.range.end)), it.new_text)
        for it in edits
    )
    overlay.change(path, text.text)
    return text.text != before
