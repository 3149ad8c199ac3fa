"""The client calls of a file, whatever language it is written in."""

from __future__ import annotations

from pathlib import Path as FilePath

from runagent_ls.project.clients.languages import CLIENT, SCRIPT_SUFFIXES
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.file_source import FileSource
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.parsing import parse_python


def calls_in(path: FilePath, text: str) -> tuple[ClientCall, ...]:
    """The calls in a text that stands in this file. Never raises."""
    if path.suffix in SCRIPT_SUFFIXES:
        return _script_calls(path, text)
    return _python_calls(path, parse_python(text)) if path.suffix == ".py" else ()


def read_calls(path: FilePath, files: FileSource) -> tuple[ClientCall, ...] | None:
    """The calls in a file as it is now; None when there is no such file."""
    if path.suffix == ".py":
        source = files.python(path)
        return _python_calls(path, source) if source is not None else None
    text = files.read(path).text
    return calls_in(path, text) if text is not None else None


# The readers bring many patterns, which are compiled when the first file has a call.


def _python_calls(path: FilePath, source: PyFile) -> tuple[ClientCall, ...]:
    if CLIENT not in source.text:
        return ()
    from runagent_ls.project.clients.python import python_calls

    return python_calls(path, source)


def _script_calls(path: FilePath, text: str) -> tuple[ClientCall, ...]:
    if CLIENT not in text:
        return ()
    from runagent_ls.project.clients.typescript import typescript_calls

    return typescript_calls(path, text)
