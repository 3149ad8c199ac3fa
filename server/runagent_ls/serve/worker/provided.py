"""The agent runtime, for agents whose own Python has none.

It is as if somebody had installed it there: what the agent has wins, and only a library that is
older than the runtime can work with is replaced, as `pip` would do. The libraries that the runtime
is built on can be imported only once the runtime was taken from here, so that an agent that does
not use it finds what it finds everywhere else.
"""

from __future__ import annotations

import os
import re
import sys
from importlib.machinery import PathFinder, all_suffixes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

RUNTIME = "agent_runtime"
_NEEDS = (3, 11)
OLDEST = {
    "attr": ("attrs", (22, 2)),
    "attrs": ("attrs", (22, 2)),
    "cachetools": ("cachetools", (6,)),
    "docstring_parser": ("docstring-parser", (0, 16)),
    "jsonschema": ("jsonschema", (4, 23)),
    "jsonschema_specifications": ("jsonschema-specifications", (2023, 3, 6)),
    "mashumaro": ("mashumaro", (3, 20)),
    "networkx": ("networkx", (3, 5)),
    "prometheus_client": ("prometheus-client", (0, 22)),
    "referencing": ("referencing", (0, 31)),
    "rpds": ("rpds-py", (0, 25)),
    "tenacity": ("tenacity", (9, 1)),
    "typing_extensions": ("typing-extensions", (4, 14)),
}
"""Modules, and for each its distribution and the first version that will do."""
_STANDS_ON = {"mashumaro": "typing_extensions"}
"""What many have imported, in an older version, before they come to the runtime."""
_FOLDERS_LOOKED_AT = 200
_MODULE = type(sys)
_finders: list[_Provided] = []


def provide(folders: Mapping[str, str]) -> None:
    """`folders`: names of modules to the folders that hold them, the runtime among them."""
    if RUNTIME in folders:
        finder = _Provided(folders)
        _finders.append(finder)
        sys.meta_path.insert(0, finder)


def is_lent() -> bool:
    """Whether the agent has imported the runtime, and it is ours."""
    module = sys.modules.get(RUNTIME)
    if type(module) is not _MODULE:
        return False
    spec = vars(module).get("__spec__")
    return any(finder.gave(spec) for finder in _finders)


class _Provided:
    """Stands first on `sys.meta_path`, and lets all others find first."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._folders = folders
        self._is_used = False
        self._given: ModuleSpec | None = None

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self._folders or not (self._is_used or name == RUNTIME):
            return None
        own = self._of_others(name, path, target)
        if own is not None and not _is_unfit(name, own):
            return own
        if name == RUNTIME:
            _refuse_old_python()
            self._is_used = True
        _refuse_what_is_loaded(_STANDS_ON.get(name))
        spec = PathFinder.find_spec(name, [self._folders[name]], target)
        if name == RUNTIME:
            self._given = spec
        return spec

    def gave(self, spec: ModuleSpec | None) -> bool:
        """Whether the runtime was found here, as this spec."""
        return spec is not None and spec is self._given

    def _of_others(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        """What is found without us. Those before us were asked already."""
        finders = list(sys.meta_path)
        after = finders.index(self) + 1 if self in finders else 0
        for finder in finders[after:]:
            find_spec = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = None if find_spec is None else find_spec(name, path, target)
            if spec is not None:
                return spec
        return None


def _is_unfit(name: str, spec: ModuleSpec) -> bool:
    """Whether it cannot be what the agent means: a folder that only has the name of the runtime,
    or a library that is too old for it."""
    if spec.origin is None:
        folders = list(spec.submodule_search_locations or ())
        return bool(folders) and not any(map(_holds_modules, folders))
    return name in OLDEST and _is_too_old(name, spec)


def _holds_modules(folder: str) -> bool:
    """Not so of what is left of a package, and of an agent's own folder."""
    if any(name.startswith("runagent.config.") for name in _names_in(folder)):
        return False
    for number, (_, folders, names) in enumerate(os.walk(folder)):
        folders[:] = [each for each in folders if each != "__pycache__"]
        if number >= _FOLDERS_LOOKED_AT or any(map(_is_module, names)):
            return True
    return False


def _is_module(name: str) -> bool:
    return name.endswith(tuple(all_suffixes()))


def _is_too_old(name: str, spec: ModuleSpec) -> bool:
    """False unless the names of what is installed beside it prove it."""
    distribution, oldest = OLDEST[name]
    folder = os.path.dirname(spec.origin or "")
    if spec.submodule_search_locations is not None:
        folder = os.path.dirname(folder)
    beginning = distribution.replace("-", "[-_.]") + "-"
    told = re.compile(rf"{beginning}(\d+(?:\.\d+)*).*\.(?:dist|egg)-info", re.IGNORECASE)
    versions = [found[1] for found in map(told.fullmatch, _names_in(folder)) if found]
    numbers = [tuple(map(int, version.split("."))) for version in versions]
    return bool(numbers) and max(numbers) < oldest


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (OSError, ValueError):
        return []


def _refuse_what_is_loaded(name: str | None) -> None:
    """A module that was imported already, from a version that is too old, stays."""
    module = None if name is None else sys.modules.get(name)
    if name is None or type(module) is not _MODULE:
        return
    spec = module.__spec__
    if spec is None or not spec.origin or not _is_too_old(name, spec):
        return
    distribution, oldest = OLDEST[name]
    needed = ".".join(map(str, oldest))
    raise ImportError(
        f"{RUNTIME} needs {distribution} {needed} or newer, and {spec.origin} is older:"
        f' {sys.executable} -m pip install "{distribution}>={needed}"',
        name=name,
    )


def _refuse_old_python() -> None:
    if sys.version_info < _NEEDS:
        needed, there = (f"{version[0]}.{version[1]}" for version in (_NEEDS, sys.version_info))
        raise ImportError(
            f"{RUNTIME} needs Python {needed} or newer, but the agent's is Python {there}"
            f" ({sys.executable}): choose another interpreter for it",
            name=RUNTIME,
        )
