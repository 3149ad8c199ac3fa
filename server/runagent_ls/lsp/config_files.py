"""Which file is the configuration that counts in a folder, one that is only open included.

`project.discovery` looks at listings of folders instead, which have what is on the disk.
"""

from __future__ import annotations

from pathlib import Path as FilePath

from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.file_source import FileSource


def first_config(folder: FilePath, files: FileSource) -> FilePath | None:
    """The one that RunAgent itself would read."""
    candidates = (folder / name for name in CONFIG_NAMES)
    return next((path for path in candidates if files.kind(path) != "missing"), None)


def config_around(path: FilePath, files: FileSource) -> set[FilePath]:
    """The nearest configuration above an open Python file, for folders never searched."""
    if path.suffix != ".py":
        return set()
    found = (first_config(folder, files) for folder in path.parents)
    return set(filter(None, [next(filter(None, found), None)]))
