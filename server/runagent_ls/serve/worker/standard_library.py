"""The parts of the standard library that are needed only later, when the agent may hide them.

A `logging.py` in the agent's folder stands before the one that `asyncio` imports. The platform's
server has imported all of that when it comes to the agent. Here it would make every start slow, so
it is done for those agents alone that have such a file.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from importlib.machinery import all_suffixes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LATER = (
    "asyncio",
    "concurrent.futures.thread",
    "ctypes",
    "difflib",
    "pathlib",
    "traceback",
)


def import_before(folders: Iterable[str]) -> None:
    """Before the folders get in front of it."""
    if any(map(_hides, folders)):
        for name in _LATER:
            with suppress(ImportError):
                importlib.import_module(name)


def _hides(folder: str) -> bool:
    try:
        entries = os.listdir(folder)
    except OSError:
        return False
    suffixes = all_suffixes()
    for entry in entries:
        name, dot, rest = entry.partition(".")
        is_module = dot + rest in suffixes if dot else _is_package(os.path.join(folder, entry))
        if is_module and _is_standard(name):
            return True
    return False


def _is_package(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, "__init__.py"))


def _is_standard(name: str) -> bool:
    names = getattr(sys, "stdlib_module_names", None)
    if names is not None:
        return name in names
    library = os.path.dirname(os.__file__)  # before Python 3.10
    return any(os.path.exists(os.path.join(library, each)) for each in (name, f"{name}.py"))
