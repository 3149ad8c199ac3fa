"""`apply_fixes`: what it writes, and what it leaves alone."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from runagent_ls.cli.exit_codes import CommandError
from runagent_ls.cli.fixing import apply_fixes
from runagent_ls.rules.finding import Finding, Fix, TextEdit
from runagent_ls.text.position import Position, Range


def edit(path: Path, start: int, end: int, new_text: str, line: int = 0) -> TextEdit:
    return TextEdit(path, Range(Position(line, start), Position(line, end)), new_text)


def fixable(*edits: TextEdit, safe: bool = True) -> Finding:
    first = edits[0]
    return Finding("RA1", "s", "error", "m", first.file, first.range, (), Fix("f", edits, safe))


def apply(*findings: Finding) -> int:
    found: dict[Path, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.file, []).append(finding)
    return apply_fixes(found)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runagent.config.json"


def test_several_fixes_in_one_file(path: Path) -> None:
    path.write_text("one two three\nfour\n")
    findings = (fixable(edit(path, 0, 3, "1")), fixable(edit(path, 0, 4, "4", line=1)))
    assert apply(*findings, fixable(edit(path, 8, 13, "3"))) == 3
    assert path.read_text() == "1 two 3\n4\n"


def test_what_is_not_safe_is_left(path: Path) -> None:
    path.write_text("one")
    assert apply(fixable(edit(path, 0, 3, "1"), safe=False)) == 0
    assert path.read_text() == "one"


def test_a_fix_that_overlaps_waits(path: Path) -> None:
    path.write_text("one two")
    assert apply(fixable(edit(path, 0, 3, "1")), fixable(edit(path, 2, 7, "x"))) == 1
    assert path.read_text() == "1 two"


def test_the_same_fix_of_two_findings_counts_once(path: Path) -> None:
    path.write_text("one")
    shared = edit(path, 3, 3, "!")
    assert apply(fixable(shared), fixable(shared)) == 1
    assert path.read_text() == "one!"


def test_a_fix_of_several_files_is_applied_whole_or_not(path: Path) -> None:
    other, damaged = path.with_name("main.py"), path.with_name("damaged.py")
    path.write_text("a")
    other.write_text("b")
    damaged.write_bytes(b"\xff")
    assert apply(fixable(edit(path, 0, 1, "A"), edit(damaged, 0, 1, "C"))) == 0
    assert (path.read_text(), damaged.read_bytes()) == ("a", b"\xff")
    assert apply(fixable(edit(path, 0, 1, "A"), edit(other, 0, 1, "B"))) == 1
    assert (path.read_text(), other.read_text()) == ("A", "B")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encoding_and_line_ends_stay(path: Path, encoding: str) -> None:
    path.write_bytes("\u00e9\U0001f989x\r\ny\r\n".encode(encoding))
    assert apply(fixable(edit(path, 3, 4, "z"))) == 1
    assert path.read_bytes() == "\u00e9\U0001f989z\r\ny\r\n".encode(encoding)


def test_a_fix_that_changes_nothing_is_none(path: Path) -> None:
    path.write_text("one")
    assert apply(fixable(edit(path, 0, 3, "one"))) == 0


def test_a_file_that_went_away(path: Path) -> None:
    assert apply(fixable(edit(path, 0, 1, "x"))) == 0
    assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_permissions_and_links_stay(path: Path) -> None:
    real = path.with_name("real.json")
    real.write_text("one")
    real.chmod(0o640)
    path.symlink_to(real)
    assert apply(fixable(edit(path, 0, 3, "1"))) == 1
    assert path.is_symlink()
    assert real.read_text() == "1"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(path.parent.iterdir()) == [real, path]


def test_a_disk_that_refuses(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    path.write_text("one")
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        apply(fixable(edit(path, 0, 3, "1")))
    assert path.read_text() == "one"
