"""The client calls of a file, whatever language it is written in."""

from __future__ import annotations

from pathlib import Path as FilePath

from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.clients.python import python_calls
from runagent_ls.project.file_source import FileSource


def is_client_language(path: FilePath) -> bool:
    """Whether calls are looked for in files with this name."""
    return path.suffix == ".py"


def read_calls(path: FilePath, files: FileSource) -> tuple[ClientCall, ...] | None:
    """The calls in a file as it is now; None when there is no such file."""
    source = files.python(path)
    return python_calls(path, source) if source is not None else None
