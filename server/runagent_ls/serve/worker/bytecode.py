"""Keeps Python from running what a file said before its last save.

Python believes a kept `.pyc` whose source has the same size and was changed in the same second. Of
two saves within a second the second would not be seen: so what was changed just now is compiled.
"""

from __future__ import annotations

import sys
import time
from importlib import machinery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_JUST_NOW_S = 3.0
"""More than the coarsest clock of a file system, which has two seconds."""


class SourceLoader(machinery.SourceFileLoader):
    """Neither reads nor writes the `.pyc` of a file that was just changed."""

    def path_stats(self, path: str) -> Mapping[str, Any]:
        found = super().path_stats(path)
        if time.time() - found["mtime"] < _JUST_NOW_S:
            raise OSError("changed just now")  # which means to Python: without a .pyc
        return found


def distrust_recent() -> None:
    """For all folders that are looked into from now on."""
    kinds = (
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (SourceLoader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )
    sys.path_hooks.insert(0, machinery.FileFinder.path_hook(*kinds))
