"""Which file of the project an `import` reads, as RunAgent sets up the search path."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path as FilePath
from typing import Final, NamedTuple, Protocol

from runagent_ls.pyfile.file import PyFile

_MARKERS: Final = (
    "__init__.py", "setup.py", "pyproject.toml", "requirements.txt", "Pipfile", "poetry.lock",
    ".git", ".git/HEAD",
)  # fmt: skip
_LEVELS: Final = 5
_LOADED: Final = sys.stdlib_module_names | {
    "aiohttp", "anyio", "certifi", "click", "dotenv", "fastapi", "h11", "httpcore", "httpx", "idna",
    "inquirer", "jsonpath_ng", "pip", "ply", "psutil", "pydantic", "pydantic_core", "pygments",
    "requests", "rich", "runagent", "setuptools", "sniffio", "socketio", "sqlalchemy", "starlette",
    "typer", "typing_extensions", "urllib3", "uvicorn", "uvloop", "watchfiles", "websockets",
    "wheel", "yaml",
}  # fmt: skip
"""Modules that may be in memory already when the agent is loaded: then no file is looked for."""


class ModuleReader(Protocol):
    """Where Python files come from."""

    root: FilePath

    def python(self, path: FilePath) -> PyFile | None:
        """The file, None when it is not there or cannot be read."""

    def is_file(self, path: FilePath) -> bool: ...

    def listing(self, folder: FilePath) -> Sequence[str]:
        """Names in a folder; empty when there is none."""


class Module(NamedTuple):
    """A file that an import reads; `folder` is set when it is a package's `__init__.py`."""

    path: FilePath
    folder: FilePath | None


def search_path(entry_file: FilePath, reader: ModuleReader) -> tuple[FilePath, ...]:
    """The folders that RunAgent puts in front of the search path, first one first."""
    folder = entry_file.parent
    root = folder
    current = folder
    for _ in range(_LEVELS):
        if any(reader.is_file(current / marker) for marker in _MARKERS):
            root = current
            break
        if current.parent == current:
            break
        current = current.parent
    return tuple(dict.fromkeys((folder, root, root.parent)))


def find_module(
    name: str, importer: FilePath, entry_file: FilePath, reader: ModuleReader
) -> Module | None:
    """The file behind `name` (leading dots as written) when it is certain, else None."""
    dots = len(name) - len(name.lstrip("."))
    parts = [part for part in name[dots:].split(".") if part]
    if dots:
        folder = importer.parent
        for _ in range(dots - 1):
            folder = folder.parent
        return _below(folder, parts, reader)
    if not parts or parts[0] in _LOADED:
        return None
    found = [_below(folder, parts, reader) for folder in search_path(entry_file, reader)]
    files = dict.fromkeys(module for module in found if module is not None)
    return next(iter(files)) if len(files) == 1 else None


def files_named(
    parts: Sequence[str], folders: Iterable[FilePath], reader: ModuleReader
) -> tuple[FilePath, ...]:
    """Every file that the parts of a module's name may mean, seen from any of the folders."""
    found = [_below(folder, parts, reader) for folder in folders]
    return tuple(dict.fromkeys(module.path for module in found if module is not None))


def is_loaded(name: str) -> bool:
    """Whether another module of this name may be in memory before the agent is loaded."""
    return name in _LOADED


def _below(folder: FilePath, parts: Sequence[str], reader: ModuleReader) -> Module | None:
    for part in parts[:-1]:
        folder = folder / part
    if not parts:
        init = folder / "__init__.py"
        return Module(init, folder) if reader.is_file(init) else None
    package = folder / parts[-1]
    if reader.is_file(package / "__init__.py"):
        return Module(package / "__init__.py", package)
    plain = folder / f"{parts[-1]}.py"
    return Module(plain, None) if reader.is_file(plain) else None


def has_submodule(module: Module, name: str, reader: ModuleReader) -> bool:
    """Whether a package may have `name` as a submodule of any kind."""
    if module.folder is None:
        return False
    return any(entry.partition(".")[0] == name for entry in reader.listing(module.folder))
