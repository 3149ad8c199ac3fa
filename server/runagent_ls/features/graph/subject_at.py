"""What stands at a cursor in any file."""

from __future__ import annotations

from pathlib import Path as FilePath

from runagent_ls.features.graph.environment import env_file_subject
from runagent_ls.features.graph.in_config import config_subject
from runagent_ls.features.graph.in_python import code_subject, function_subject
from runagent_ls.features.graph.subjects import Subject
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.discovery import is_config
from runagent_ls.project.surroundings import ENV_FILE


def subject_at(
    snapshot: Snapshot, path: FilePath, offset: int, *, functions: bool = True
) -> Subject | None:
    """The subject at an offset in code points; None where nothing of an agent stands.

    Without `functions`, names that Python code binds are none: finding out costs most.
    """
    if is_config(path):
        return config_subject(snapshot.project(path), offset)
    if path.name == ENV_FILE:
        return env_file_subject(snapshot, path, offset)
    subject = code_subject(snapshot, path, offset)
    if subject is None and functions and path.suffix == ".py":
        return function_subject(snapshot, path, offset)
    return subject
