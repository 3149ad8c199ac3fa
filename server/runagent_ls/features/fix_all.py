"""All fixes of one kind together: what remains when each has been made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.changes import Change
from runagent_ls.project.file_source import FileSource, OverlayFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check
from runagent_ls.rules.finding import Finding, Fix, TextEdit
from runagent_ls.rules.selection import Selection
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position, Range

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
    left. Lines that end as they began are not among the edits.
    """
    overlay, changed = OverlayFiles(files), set[FilePath]()
    for _ in range(_PASSES):
        found = check(load_project(config, overlay), selection)
        fixes = (it.fix for each in found.values() for it in each if it.fix and wanted(it))
        edits = _together(dict.fromkeys(fixes))
        touched = {path for path, own in edits.items() if _edit(overlay, path, own)}
        if not touched:
            break
        changed |= touched
    return Change(
        tuple(
            edit
            for path in sorted(changed)
            for edit in _difference(path, files.read(path).text or "", _text(overlay, path))
        )
    )


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


def _edit(overlay: OverlayFiles, path: FilePath, edits: Iterable[TextEdit]) -> bool:
    """Make the edits in the overlay; False when they change nothing."""
    before = overlay.read(path).text
    if before is None:
        return False
    lines, text = LineIndex(before), before
    for edit in sorted(edits, key=lambda it: it.range, reverse=True):
        start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
        text = text[:start] + edit.new_text + text[end:]
    overlay.change(path, text)
    return text != before


def _text(overlay: OverlayFiles, path: FilePath) -> str:
    return overlay.read(path).text or ""


def _difference(path: FilePath, before: str, after: str) -> Iterable[TextEdit]:
    """Edits that turn one text into the other, a run of changed lines each."""
    old, new = _lines(before), _lines(after)
    index = LineIndex(before)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for tag, first, last, begin, end in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag != "equal":
            written = "".join(new[begin:end])
            was = "".join(old[first:last])
            same = _common(was, written)
            rest = _common(was[same:][::-1], written[same:][::-1])
            start, stop = starts[first] + same, starts[last] - rest
            place = Range(index.position(start), index.position(stop))
            yield TextEdit(path, place, written[same : len(written) - rest])


def _lines(text: str) -> list[str]:
    """Lines with their line ends, as LSP knows them."""
    index = LineIndex(text)
    starts = [index.offset(Position(number, 0)) for number in range(index.line_count)]
    return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _common(one: str, other: str) -> int:
    """Length of the common beginning; a line end of two characters is not parted."""
    shorter = min(len(one), len(other))
    length = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    return length - 1 if length and one[length - 1] in "\r\n" else length
