"""Files and folders get other names: configurations follow."""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.features.changes import Change, RefusedError, RenameFile, text_edits
from runagent_ls.features.rename.config_strings import string_replacements
from runagent_ls.features.rename.reaching import written_entrypoints
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.document import Path
from runagent_ls.project.discovery import is_config
from runagent_ls.rules.finding import TextEdit


@dataclass(frozen=True, slots=True)
class FilesRenamed:
    """What follows from new names of files, in terms of their old ones; `warnings` are about what
    cannot follow, one sentence each."""

    change: Change
    warnings: tuple[str, ...] = ()


def rename_files(snapshot: Snapshot, renames: Sequence[RenameFile]) -> FilesRenamed:
    """What must change before files and folders are renamed. Imports in Python are not looked at.

    The paths of `renames` are absolute; a folder stands for all that is in it.
    """
    edits: list[TextEdit] = []
    warnings: dict[str, None] = {}
    for config in snapshot.configs:
        if _concerns(snapshot, config, renames):
            try:
                edits += _in_config(snapshot, config, renames, warnings)
            except RefusedError as refusal:
                warnings[str(refusal)] = None
    return FilesRenamed(Change(tuple(edits)), tuple(warnings))


def _concerns(snapshot: Snapshot, config: FilePath, renames: Sequence[RenameFile]) -> bool:
    """Whether it moves or may name what does. Not all of a thousand need be read for that."""
    return any(
        config == it.old
        or it.old in config.parents
        or config.parent in it.old.parents
        or snapshot.files.mentions(config, "..")
        for it in renames
    )


def _in_config(
    snapshot: Snapshot,
    config: FilePath,
    renames: Sequence[RenameFile],
    warnings: dict[str, None],
) -> tuple[TextEdit, ...]:
    moved = _moved(config, renames)
    if not is_config(moved):
        return ()
    document = snapshot.document(config)
    texts: dict[Path, str] = {}
    anew: dict[str, str | None] = {}  # a thousand entrypoints name some hundred files
    for it in written_entrypoints(document):
        if it.file not in anew:
            old = _on_disk(snapshot, it.target(config), renames)
            anew[it.file] = _written_anew(it.file, old, renames, (config, moved), warnings)
        text = anew[it.file]
        if text is not None:
            texts[*it.path, "file"] = text
    if not texts:
        return ()
    return text_edits(config, document.text, string_replacements(document, config, texts))


def _written_anew(
    file: str,
    old: FilePath,
    renames: Sequence[RenameFile],
    configs: tuple[FilePath, FilePath],
    warnings: dict[str, None],
) -> str | None:
    """What a configuration, before and after it moves, is to call a file; None: as before."""
    config, moved = configs
    new = _moved(old, renames)
    written = _relative(new, moved.parent)
    stays = new == old and moved == config
    if stays or file.startswith("/") or written == _relative(old, config.parent):
        return None
    if written is None:
        place = os.path.relpath(new, moved.parent)
        warnings[
            f"{moved.parent.name}/{moved.name} still names {file}: {place} lies outside of "
            "the agent's folder, and RunAgent loads nothing from there."
        ] = None
        return None
    return f"./{written}" if file.startswith("./") else written


def _on_disk(snapshot: Snapshot, path: FilePath, renames: Sequence[RenameFile]) -> FilePath:
    """The file as the disk spells it, when only upper and lower case tell it from one renamed."""
    if snapshot.files.kind(path) == "missing":
        for it in renames:
            if str(it.old).casefold() == str(path).casefold():
                return it.old
    return path


def _moved(path: FilePath, renames: Sequence[RenameFile]) -> FilePath:
    """Where a file will be: the innermost of the renamed folders around it counts."""
    around = [it for it in renames if path == it.old or it.old in path.parents]
    if not around:
        return path
    it = max(around, key=lambda rename: len(rename.old.parts))
    return it.new / path.relative_to(it.old)


def _relative(path: FilePath, root: FilePath) -> str | None:
    """`path` as a configuration in `root` names it; None outside of it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None
