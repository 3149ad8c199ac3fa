"""The commit that a project is at, read from git's files: no program and no hook is run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST_LINKS: Final = 5
_LARGEST: Final = 16 * 1024 * 1024


def commit_of(folder: Path) -> str | None:
    """The checked-out commit of the repository that holds `folder`; None when there is none.

    Whether files were changed since is not told: only git itself can say, and it may run programs
    that the repository names.
    """
    for parent in (folder, *folder.parents):
        git = _git_folder(parent / ".git")
        if git is not None:
            return _resolved("HEAD", git, _common_folder(git))
    return None


def _git_folder(path: Path) -> Path | None:
    """`.git` itself, or where the file `.git` of a worktree or submodule points to."""
    if path.is_dir():
        return path
    text = _read(path)
    if text is None or not text.startswith("gitdir:"):
        return None
    target = path.parent / text.removeprefix("gitdir:").strip()
    return target if target.is_dir() else None


def _common_folder(git: Path) -> Path:
    """Where a worktree's branches are."""
    text = _read(git / "commondir")
    return git if text is None else git / text.strip()


def _resolved(name: str, git: Path, common: Path) -> str | None:
    for _ in range(_MOST_LINKS):
        # HEAD is the worktree's own, branches are everybody's
        text = _read(git / name) or _read(common / name) or _packed(name, common)
        if text is None:
            return None
        text = text.strip()
        if _COMMIT.fullmatch(text):
            return text
        if not text.startswith("ref:"):
            return None
        name = text.removeprefix("ref:").strip()
        if ".." in name or name.startswith("/"):
            return None
    return None


def _packed(name: str, common: Path) -> str | None:
    for line in (_read(common / "packed-refs") or "").split("\n"):
        commit, _, ref = line.strip().partition(" ")
        if ref == name:
            return commit
    return None


def _read(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_text("utf-8", "replace")
    except (OSError, ValueError):
        return None
