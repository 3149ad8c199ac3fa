"""Applying safe fixes to the files on disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

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
    chosen: dict[Path, list[tuple[Span, str]]] = {}
    texts = _Texts()
    applied = 0
    for fix in _safe_fixes(found):
        spans = [(edit.file, texts.span(edit), edit.new_text) for edit in fix.edits]
        if any(_touches(span, chosen.get(file, ())) for file, span, _ in spans):
            continue
        if all(texts.of(file)[span.start : span.end] == new for file, span, new in spans):
            continue
        for file, span, new_text in spans:
            chosen.setdefault(file, []).append((span, new_text))
        applied += 1
    for file, edits in chosen.items():
        texts.write(file, edits)
    return applied


def _safe_fixes(found: Mapping[Path, Iterable[Finding]]) -> list[Fix]:
    """Each fix once, although several findings may share it."""
    fixes: dict[Fix, None] = {}
    for findings in found.values():
        for finding in findings:
            if finding.fix is not None and finding.fix.safe:
                fixes[finding.fix] = None
    return list(fixes)


def _touches(span: Span, taken: Iterable[tuple[Span, str]]) -> bool:
    return any(span.start <= other.end and other.start <= span.end for other, _ in taken)


class _Texts:
    """The files that fixes are about, read once, written as they were encoded."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[str, str, LineIndex]] = {}

    def of(self, path: Path) -> str:
        return self._load(path)[0]

    def span(self, edit: TextEdit) -> Span:
        lines = self._load(edit.file)[2]
        return Span(lines.offset(edit.range.start), lines.offset(edit.range.end))

    def write(self, path: Path, edits: Iterable[tuple[Span, str]]) -> None:
        text, encoding, _ = self._load(path)
        for span, new_text in sorted(edits, reverse=True):
            text = text[: span.start] + new_text + text[span.end :]
        _replace(path.resolve(), text.encode(encoding))

    def _load(self, path: Path) -> tuple[str, str, LineIndex]:
        if path not in self._read:
            decoded = decode(path.read_bytes())
            self._read[path] = (decoded.text, decoded.encoding, LineIndex(decoded.text))
        return self._read[path]


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
