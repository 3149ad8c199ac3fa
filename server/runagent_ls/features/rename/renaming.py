"""Rename, for an editor: may the name at this place be changed, and what changes with it?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.features.changes import Change, RefusedError
from runagent_ls.features.graph.in_config import config_subject
from runagent_ls.features.graph.subjects import FileSubject, ModuleSubject, TagSubject
from runagent_ls.features.rename.in_python import (
    PythonSubject,
    python_subject,
    rename_of,
    target_of,
)
from runagent_ls.features.rename.tags import rename_tag, tag_in_client
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.discovery import is_config
from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class Renamable:
    """A name that can be changed, and where it stands in the file that was asked about."""

    span: Span
    name: str


def prepare(snapshot: Snapshot, path: FilePath, offset: int) -> Renamable | None:
    """What can be renamed at an offset (code points); None for names that are not ours.

    Raises `RefusedError` for a name of ours that cannot be renamed.
    """
    found = _subject(snapshot, path, offset)
    match found:
        case TagSubject():
            return Renamable(found.origin, found.tag)
        case PythonSubject():
            found.rename.check()
            return Renamable(found.origin, found.rename.name)
    return None


def rename(snapshot: Snapshot, path: FilePath, offset: int, new_name: str) -> Change | None:
    """Everything that changes with the name at an offset; None for names that are not ours.

    Raises `RefusedError` when the result would not be certain, or not work.
    """
    found = _subject(snapshot, path, offset)
    match found:
        case TagSubject():
            return rename_tag(snapshot, found, new_name)
        case PythonSubject():
            return found.rename.change(new_name)
    return None


def _subject(snapshot: Snapshot, path: FilePath, offset: int) -> TagSubject | PythonSubject | None:
    if not is_config(path):
        return tag_in_client(snapshot, path, offset) or python_subject(snapshot, path, offset)
    found = config_subject(snapshot.project(path), offset)
    match found:
        case TagSubject():
            return found
        case ModuleSubject():
            target = target_of(snapshot, found.entrypoint, found.parts)
            return PythonSubject(found.origin, rename_of(snapshot, target))
        case FileSubject():
            raise RefusedError(
                "Rename or move the file itself, in the editor's list of files: "
                "the configuration follows."
            )
    return None
