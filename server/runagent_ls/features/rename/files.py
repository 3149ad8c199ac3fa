"""Files and folders get other names: configurations follow."""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.features.changes import Change, RefusedError, RenameFile
from runagent_ls.features.rename.config_strings import config_edits
from runagent_ls.features.rename.replacing import text_edits
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.document import Path
from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.model import AgentProject, Entrypoint, FileState
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
        if not _concerns(snapshot, config, renames):
            continue
        project = snapshot.project(config)
        try:
            edits += _in_config(project, renames, warnings)
        except RefusedError as refusal:
            warnings[str(refusal)] = None
    return FilesRenamed(Change(tuple(edits)), tuple(warnings))


def _concerns(snapshot: Snapshot, config: FilePath, renames: Sequence[RenameFile]) -> bool:
    """Whether it moves or may name what does, without its project being loaded for that."""
    return any(
        config == it.old
        or it.old in config.parents
        or snapshot.files.mentions(config, it.old.name)
        or not it.old.name.isascii()
        for it in renames
    )


def _in_config(
    project: AgentProject, renames: Sequence[RenameFile], warnings: dict[str, None]
) -> tuple[TextEdit, ...]:
    config = _moved(project.config_path, renames)
    if config.name not in CONFIG_NAMES:
        return ()
    texts: dict[Path, str] = {}
    for entrypoint in project.entrypoints:
        old = _file_of(project, entrypoint)
        if old is None or entrypoint.file is None:
            continue
        new = _moved(old, renames)
        written = _relative(new, config.parent)
        if (new == old and config == project.config_path) or written == _relative(
            old, project.root
        ):
            continue
        if written is None:
            place = os.path.relpath(new, config.parent)
            warnings[
                f"{config.parent.name}/{config.name} still names {entrypoint.file}: {place} lies "
                "outside of the agent's folder, and RunAgent loads nothing from there."
            ] = None
        else:
            prefix = "./" if entrypoint.file.startswith("./") else ""
            texts[*entrypoint.path, "file"] = prefix + written
    if not texts:
        return ()
    replacements = config_edits(project.document, project.config_path, texts)
    return text_edits(project.config_path, project.document.text, replacements)


def _file_of(project: AgentProject, entrypoint: Entrypoint) -> FilePath | None:
    """The file that an entrypoint names, as the disk spells it; absolute names are left alone."""
    found = entrypoint.module_file
    if found is None or found.absolute:
        return None
    if found.state is FileState.CASE_DIFFERS and found.nearest:
        return project.root / found.nearest[0]
    return found.path


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
