"""The client calls of a file, whatever language it is written in."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.clients.python import python_calls
from runagent_ls.project.clients.typescript import typescript_calls
from runagent_ls.project.file_source import FileSource
from runagent_ls.pyfile.parsing import parse_python

_SCRIPTS: Final = frozenset({".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs"})
CLIENT_SUFFIXES: Final = frozenset({".py", *_SCRIPTS})
"""Names of files that may call agents end like this."""
_SIGNS: Final = (b"RunAgentClient", "RunAgentClient".encode("utf-16-le"))


def is_client_language(path: FilePath) -> bool:
    """Whether calls are looked for in files with this name."""
    return path.suffix in CLIENT_SUFFIXES


def may_call(data: bytes) -> bool:
    """False for a file's bytes that certainly have no call in them."""
    return any(sign in data for sign in _SIGNS)


def calls_in(path: FilePath, text: str) -> tuple[ClientCall, ...]:
    """The calls in a text that stands in this file. Never raises."""
    if path.suffix in _SCRIPTS:
        return typescript_calls(path, text)
    return python_calls(path, parse_python(text)) if path.suffix == ".py" else ()


def read_calls(path: FilePath, files: FileSource) -> tuple[ClientCall, ...] | None:
    """The calls in a file as it is now; None when there is no such file."""
    if path.suffix == ".py":
        source = files.python(path)
        return python_calls(path, source) if source is not None else None
    text = files.read(path).text
    return calls_in(path, text) if text is not None else None
