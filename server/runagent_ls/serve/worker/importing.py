"""Finds the object behind an entrypoint, importing its file as the platform does.

Where the platform leaves traces or surprises, this does not: other files of the project run only
when they are imported, a file that fails runs once, and no `__init__.py` is written.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from types import ModuleType

ROOT_MARKS = (
    "__init__.py",
    "setup.py",
    "pyproject.toml",
    "requirements.txt",
    ".git",
    "Pipfile",
    "poetry.lock",
)
_LEVELS = 5
"""The entry file's own folder and four above it."""


class Importer:
    """Imports the files of one agent, each once. `roots` are the project roots met so far."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._outcomes: dict[str, ModuleType | BaseException] = {}
        self.roots: list[str] = []

    def resolve(self, file: str, module: str) -> object:
        """The object, or the exception that says why there is none."""
        path = os.path.join(self._folder, file) if file else self._folder
        first, _, rest = module.partition(".")
        found = self._top_level(path, first)
        for name in rest.split(".") if rest else ():
            found = getattr(found, name)
        return found

    def _top_level(self, path: str, name: str) -> object:
        if not os.path.exists(path):
            raise FileNotFoundError(f"Entry point file not found: {path}")
        if os.path.splitext(path)[1] != ".py":
            raise ValueError(f"Entry point must be a Python file: {path}")
        module = self._module(path)
        if not hasattr(module, name):
            available = [each for each in dir(module) if not each.startswith("_")]
            raise AttributeError(
                f"Object '{name}' not found in {path}.\nAvailable objects: {available}"
            )
        return getattr(module, name)

    def _module(self, path: str) -> ModuleType:
        outcome = self._outcomes.get(path)
        if outcome is None:
            try:
                outcome = self._execute(path)
            except BaseException as failure:
                outcome = failure
            self._outcomes[path] = outcome
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _execute(self, path: str) -> ModuleType:
        root = project_root(path)
        if root not in self.roots:
            self.roots.append(root)
        folder = os.path.dirname(path)
        for each in (os.path.dirname(root), root, folder):
            if each not in sys.path:
                sys.path.insert(0, each)
        name = _module_name(path, root)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            sys.modules.pop(name, None)
            raise
        return module


def project_root(path: str) -> str:
    """The folder that a file's module name starts at."""
    folder = os.path.dirname(path)
    current = folder
    for _ in range(_LEVELS):
        if any(os.path.exists(os.path.join(current, mark)) for mark in ROOT_MARKS):
            return current
        parent = os.path.dirname(current)
        if parent == current:
            break
        current = parent
    return folder


def _module_name(path: str, root: str) -> str:
    below = os.path.relpath(os.path.splitext(path)[0], os.path.dirname(root))
    return ".".join(below.split(os.sep))
