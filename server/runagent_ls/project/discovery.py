"""Finding agent projects below a folder."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from runagent_ls.project.file_source import Entry, FileSource

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

CONFIG_NAMES: Final = ("runagent.config.json", "runagent.config.yaml", "runagent.config.yml")
"""In the order in which the real loader tries them; the first that exists is the one it reads."""

SKIPPED_FOLDERS: Final = frozenset({"node_modules", "__pycache__", "site-packages"})
MAX_FOLDERS: Final = 50_000
MAX_DEPTH: Final = 64


def is_config(path: FilePath) -> bool:
    """Whether a file is a configuration by its name."""
    return path.name in CONFIG_NAMES


def config_in(folder: FilePath, files: FileSource) -> FilePath | None:
    """The configuration file that the real loader would read in `folder`, None without one."""
    names = {entry.name for entry in files.listing(folder)}
    return next((folder / name for name in CONFIG_NAMES if name in names), None)


def find_configs(
    folder: FilePath, files: FileSource, respect_gitignore: bool = True
) -> list[FilePath]:
    """Every configuration below `folder` (at most one per folder), in the order of their paths.

    Leaves out node_modules, virtual environments, folders with a leading dot, symbolic links, and
    what the .gitignore files between `folder` and the place name.
    """
    found: list[FilePath] = []
    for current, entries, ignores in _folders(folder, files, respect_gitignore):
        names = {entry.name for entry in entries}
        config = next((name for name in CONFIG_NAMES if name in names), None)
        if config is not None and not _ignored(current / config, False, ignores):
            found.append(current / config)
    return sorted(found)


def find_files(
    folder: FilePath, files: FileSource, suffixes: Collection[str]
) -> Iterator[FilePath]:
    """Every file below `folder` whose name ends like this; leaves out what `find_configs` does.

    Links to files are left out as well: what they lead to is found where it is.
    """
    for current, entries, ignores in _folders(folder, files, respect_gitignore=True):
        for entry in entries:
            name, dot, suffix = entry.name.rpartition(".")
            if not name or f"{dot}{suffix}" not in suffixes or entry.is_folder or entry.is_link:
                continue
            path = current / entry.name
            if not _ignored(path, False, ignores):
                yield path


def find_python(folder: FilePath, files: FileSource) -> Iterator[FilePath]:
    """Every Python file below `folder`; leaves out what `find_files` leaves out."""
    return find_files(folder, files, (".py",))


def is_left_out(path: FilePath, folder: FilePath, files: FileSource) -> bool:
    """Whether `find_files` of `folder` would not come to `path`, were it there."""
    ignores: tuple[_Ignore, ...] = ()
    current = folder
    for part in path.relative_to(folder).parts:
        if current != folder and files.kind(current / "pyvenv.cfg") == "file":
            return True
        if files.kind(current / ".gitignore") == "file":
            ignores = (*ignores, _Ignore(current, files))
        current = current / part
        is_folder = current != path
        if is_folder and (part.startswith(".") or part in SKIPPED_FOLDERS):
            return True
        if _ignored(current, is_folder, ignores):
            return True
    return False


def _folders(
    folder: FilePath, files: FileSource, respect_gitignore: bool
) -> Iterator[tuple[FilePath, Sequence[Entry], tuple[_Ignore, ...]]]:
    """The folder and those below it that are looked at, each with what is in it."""
    waiting: list[tuple[FilePath, tuple[_Ignore, ...]]] = [(folder, ())]
    looked_at = 0
    while waiting and looked_at < MAX_FOLDERS:
        current, ignores = waiting.pop()
        looked_at += 1
        entries = files.listing(current)
        names = {entry.name for entry in entries}
        if current != folder and "pyvenv.cfg" in names:
            continue
        if respect_gitignore and ".gitignore" in names:
            ignores = (*ignores, _Ignore(current, files))
        yield current, entries, ignores
        if len(current.parts) - len(folder.parts) >= MAX_DEPTH:
            continue
        waiting.extend(
            (current / entry.name, ignores)
            for entry in reversed(entries)
            if entry.is_folder
            and not entry.is_link
            and not entry.name.startswith(".")
            and entry.name not in SKIPPED_FOLDERS
            and not _ignored(current / entry.name, True, ignores)
        )


class _Ignore:
    """One .gitignore file; parsed when first asked."""

    def __init__(self, folder: FilePath, files: FileSource) -> None:
        self._folder = folder
        self._files = files
        self._spec: GitIgnoreSpec | None = None

    def decides(self, path: FilePath, is_folder: bool) -> bool | None:
        """True: ignored; False: taken in again by `!`; None: not mentioned."""
        if self._spec is None:
            self._spec = _parsed(self._files.read(self._folder / ".gitignore").text or "")
        relative = path.relative_to(self._folder).as_posix() + ("/" if is_folder else "")
        return self._spec.check_file(relative).include


def _parsed(text: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    lines = text.split("\n")
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:  # one pattern that is none; the others still count
        return GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _ignored(path: FilePath, is_folder: bool, ignores: tuple[_Ignore, ...]) -> bool:
    for ignore in reversed(ignores):
        verdict = ignore.decides(path, is_folder)
        if verdict is not None:
            return verdict
    return False
