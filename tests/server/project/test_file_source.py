"""The door to the disk: values for everything, fresh after a refresh, and not before."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import IO, Any

import pytest

from runagent_ls.project.file_source import DiskFiles, OverlayFiles


def test_reads_text_and_gives_the_same_object_while_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n", "utf-8")
    files = DiskFiles()
    first = files.read(path)
    parsed = files.python(path)
    files.refresh()
    assert first.text == "x = 1\n"
    assert files.read(path) is first
    assert files.python(path) is parsed


def test_change_is_seen_after_refresh_even_when_size_and_time_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n", "utf-8")
    before = path.stat()
    files = DiskFiles()
    assert files.read(path).text == "x = 1\n"
    path.write_text("x = 2\n", "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert files.read(path).text == "x = 1\n", "nothing is compared within a generation"
    files.refresh()
    assert files.read(path).text == "x = 2\n"


def test_new_file_appears_in_listing_after_refresh(tmp_path: Path) -> None:
    files = DiskFiles()
    assert files.listing(tmp_path) == ()
    (tmp_path / "b").mkdir()
    (tmp_path / "a.py").write_text("", "utf-8")
    files.refresh()
    assert [(it.name, it.is_folder) for it in files.listing(tmp_path)] == [
        ("a.py", False),
        ("b", True),
    ]


def test_deleted_file_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("", "utf-8")
    files = DiskFiles()
    assert files.kind(path) == "file"
    path.unlink()
    files.refresh()
    assert files.kind(path) == "missing"
    assert files.read(path).text is None
    assert files.python(path) is None


def test_what_is_no_file_gives_a_reason(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    files = DiskFiles()
    assert files.read(tmp_path).error == "is a folder, not a file"
    assert "pipe" in (files.read(tmp_path / "pipe").error or "")
    assert files.read(tmp_path / "loop").error == "is not there"
    assert files.listing(tmp_path / "pipe") == ()


def test_file_without_permission_gives_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text("", "utf-8")

    def closed(*_args: object, **_keywords: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)  # root may open everything
    assert DiskFiles().read(path).error == "cannot be read: permission denied"


def test_too_large_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as stream:
        stream.truncate(65 * 1024 * 1024)
    assert DiskFiles().read(path).error == "is larger than 64 MB"


def test_open_buffer_stands_for_the_file_until_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n", "utf-8")
    files = OverlayFiles(DiskFiles())
    files.open(path, "y = 1\n")
    assert files.read(path).text == "y = 1\n"
    opened = files.python(path)
    assert opened is not None
    assert list(opened.symbols) == ["y"]
    files.change(path, "z = 1\n")
    changed = files.python(path)
    assert changed is not None
    assert list(changed.symbols) == ["z"]
    files.close(path)
    closed = files.python(path)
    assert closed is not None
    assert list(closed.symbols) == ["x"]


def test_buffer_without_a_file_is_a_file(tmp_path: Path) -> None:
    files = OverlayFiles(DiskFiles())
    files.open(tmp_path / "new.py", "")
    assert files.kind(tmp_path / "new.py") == "file"
    files.close(tmp_path / "new.py")
    assert files.kind(tmp_path / "new.py") == "missing"


def test_a_pattern_is_looked_for_again_only_when_the_file_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    pattern = re.compile(r"\bexit\b")
    files = OverlayFiles(DiskFiles())
    assert not files.matches(path, pattern)
    path.write_text("exit()\n")
    files.refresh()
    assert files.matches(path, pattern)
    path.write_text("exits()\n")
    assert files.matches(path, pattern)  # nobody said that something changed
    files.refresh()
    assert not files.matches(path, pattern)
    files.open(path, "exit\n")
    assert files.matches(path, pattern)
    files.close(path)
    assert not files.matches(path, pattern)


def test_what_is_only_searched_is_read_once_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    read: list[Path] = []
    original = Path.open

    def counted(self: Path, mode: str = "r") -> IO[Any]:
        read.append(self)
        return original(self, mode)

    monkeypatch.setattr(Path, "open", counted)
    files = DiskFiles()
    for pattern in (re.compile("x"), re.compile("x"), re.compile("y")):
        files.matches(path, pattern)
        files.refresh()
    assert len(read) == 2  # once for each pattern: equal ones are one
    assert files.read(path).text == "x = 1\n"
