"""Applying safe fixes to the files on disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from runagent_ls.cli.exit_codes import CommandError
from runagent_ls.rules.finding import Finding, Fix, TextEdit
from runagent_ls.text.decoding import decode
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Span


def apply_fixes(found: Mapping[Path, Iterable[Finding]]) -> int:
    """Write the safe fixes that do not touch each other; gives how many were applied.

    Call again with fresh findings until it gives 0: a fix that overlapped another one waits for
    the next turn, and the findings of the changed text are the ones that count.
    """
    files: dict[Path, _File | None] = {}
    chosen: dict[Path, list[_Edit]] = {}
    applied = 0
    for fix in _safe_fixes(found):
        edits = _located(fix, files)
        if edits is None or any(_touches(edit, chosen.get(path, ())) for path, edit in edits):
            continue
        for path, edit in edits:
            chosen.setdefault(path, []).append(edit)
        applied += 1
    for path, taken in chosen.items():
        file = files[path]
        if file is not None:
            _replace(path.resolve(), file.edited(taken))
    return applied


class _Edit(NamedTuple):
    span: Span
    new_text: str


@dataclass(frozen=True)
class _File:
    """A file as it is encoded, so that it can be written back the same way."""

    text: str
    encoding: str
    mark: bytes
    lines: LineIndex

    @classmethod
    def read(cls, path: Path) -> _File | None:
        """None for bytes that no encoding explains: writing would lose them."""
        try:
            data = path.read_bytes()
        except OSError:
            return None
        decoded = decode(data)
        body = decoded.text.encode(decoded.encoding, "replace")
        if not data.endswith(body) or any(it.kind == "invalid-bytes" for it in decoded.problems):
            return None
        mark = data[: len(data) - len(body)]
        return cls(decoded.text, decoded.encoding, mark, LineIndex(decoded.text))

    def span(self, edit: TextEdit) -> Span:
        return Span(self.lines.offset(edit.range.start), self.lines.offset(edit.range.end))

    def edited(self, edits: Iterable[_Edit]) -> bytes:
        text = self.text
        for span, new_text in sorted(edits, reverse=True):
            text = text[: span.start] + new_text + text[span.end :]
        return self.mark + text.encode(self.encoding)


def _safe_fixes(found: Mapping[Path, Iterable[Finding]]) -> list[Fix]:
    """Each fix once, although several findings may share it."""
    fixes: dict[Fix, None] = {}
    for findings in found.values():
        for finding in findings:
            if finding.fix is not None and finding.fix.safe:
                fixes[finding.fix] = None
    return list(fixes)


def _located(fix: Fix, files: dict[Path, _File | None]) -> list[tuple[Path, _Edit]] | None:
    """The edits of `fix` in code points; None when it cannot be written or changes nothing."""
    located = []
    changes = False
    for edit in fix.edits:
        if edit.file not in files:
            files[edit.file] = _File.read(edit.file)
        file = files[edit.file]
        if file is None:
            return None
        span = file.span(edit)
        changes = changes or file.text[span.start : span.end] != edit.new_text
        located.append((edit.file, _Edit(span, edit.new_text)))
    return located if changes else None


def _touches(edit: _Edit, taken: Iterable[_Edit]) -> bool:
    return any(
        edit.span.start <= other.span.end and other.span.start <= edit.span.end for other in taken
    )


def _replace(path: Path, data: bytes) -> None:
    """Write the whole file or leave it as it was; its permissions stay."""
    try:
        mode = path.stat().st_mode
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
