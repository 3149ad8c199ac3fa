"""Finds the object behind an entrypoint, importing its file as the platform does.

Where the platform leaves traces or surprises, this does not: other files of the project run only
when they are imported, a file that fails runs once, and no `__init__.py` is written.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from types import ModuleType

from . import bytecode, standard_library

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
_RELATIVE_IMPORT = re.compile(rb"^[ \t]*from[ \t]*\.", re.MULTILINE)


class Importer:
    """Imports the files of one agent, each once. `roots` are the project roots met so far,
    `executed` the files."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._modules: dict[str, ModuleType] = {}
        self._failures: dict[str, BaseException] = {}
        self.roots: list[str] = []
        self.executed: set[str] = set()

    def resolve(self, file: str, module: str) -> object:
        """The object. Raises what the platform's server shows: for what is not there with its
        texts, otherwise what the file itself raised."""
        path = _joined(self._folder, file)
        first, _, rest = module.partition(".")
        found = self._top_level(path, first)
        for name in rest.split(".") if rest else ():
            found = getattr(found, name)
        return found

    def failed_with(self, exception: BaseException) -> bool:
        """Whether a file raised it while it was imported."""
        return any(exception is each for each in self._failures.values())

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
        if path in self._failures:
            raise self._failures[path]
        if path not in self._modules:
            self.executed.add(path)
            try:
                self._modules[path] = self._execute(path)
            except BaseException as failure:
                self._failures[path] = failure
                raise
        return self._modules[path]

    def _execute(self, path: str) -> ModuleType:
        root = project_root(path)
        if root not in self.roots:
            self.roots.append(root)
        folder = os.path.dirname(path)
        standard_library.import_before({os.path.dirname(root), root, folder})
        for each in (os.path.dirname(root), root, folder):
            if each not in sys.path:
                sys.path.insert(0, each)
        name = _module_name(path, root)
        spec = importlib.util.spec_from_file_location(
            name, path, loader=bytecode.SourceLoader(name, path)
        )
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


def _joined(folder: str, file: str) -> str:
    """As `pathlib` joins them, which is the path that the platform shows."""
    path = os.path.join(folder, file) if file else folder
    if os.path.normpath(path) != path:
        from pathlib import Path  # takes time, and is hardly ever needed

        path = str(Path(path))
    return path


def _module_name(path: str, root: str) -> str:
    """`<root>.<folders>.<file>`, in a package where relative imports find the file's neighbours."""
    below = os.path.relpath(os.path.splitext(path)[0], os.path.dirname(root)).split(os.sep)
    name = ".".join(below)
    if len(below) > 1 and _has_relative_imports(path):
        package = _package(below[0], root)
        name = ".".join([package, *below[1:]])
    return name


def _has_relative_imports(path: str) -> bool:
    """May say yes for a text that only looks like one."""
    try:
        with open(path, "rb") as file:
            return _RELATIVE_IMPORT.search(file.read()) is not None
    except OSError:
        return False


def _package(name: str, folder: str) -> str:
    """The name of the package that `folder` is: `name`, unless that is another module's.

    A folder without an `__init__.py` becomes one that exists in memory only.
    """
    taken = name in sys.modules
    try:
        spec = sys.modules[name].__spec__ if taken else importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        spec = None
    if spec is not None and folder in (spec.submodule_search_locations or ()):
        return name
    if taken or spec is not None:
        name = f"{name}_agent"
    if name not in sys.modules:
        _make_package(name, folder)
    return name


def _make_package(name: str, folder: str) -> None:
    initial = os.path.join(folder, "__init__.py")
    spec = importlib.util.spec_from_file_location(
        name, initial if os.path.exists(initial) else None, submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        spec = importlib.util.spec_from_loader(name, None, is_package=True)
        assert spec is not None
        spec.submodule_search_locations = [folder]
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    if spec.loader is not None:
        spec.loader.exec_module(package)
