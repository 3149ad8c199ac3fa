"""The environment that the agent's process starts with: the user's own.

The agent's variables are laid over it when its Python has started, as the platform does.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_OURS: Final = Path(__file__).resolve().parents[3]
"""Holds our packages and, in the VSIX, the libraries that are bundled with them."""
_FOR_ONE_PYTHON: Final = frozenset(
    {"PYTHONHOME", "PYTHONEXECUTABLE", "PYTHONPLATLIBDIR", "__PYVENV_LAUNCHER__"}
)
"""They say where one interpreter has its parts, and the agent's is another one."""
_NEVER: Final = _FOR_ONE_PYTHON | {"PYTHONINSPECT"}
"""PYTHONINSPECT keeps a process that has ended at a prompt that nobody sees."""


def of_agent(process: Mapping[str, str]) -> dict[str, str]:
    """Out of the variables of this process. Of our own search path nothing reaches the agent, what
    the user put there does."""
    result = {name: value for name, value in process.items() if name not in _NEVER}
    if search_path := result.pop("PYTHONPATH", ""):
        kept = [each for each in search_path.split(os.pathsep) if each and not _is_ours(each)]
        if kept:
            result["PYTHONPATH"] = os.pathsep.join(kept)
    return result


def _is_ours(folder: str) -> bool:
    try:
        path = Path(folder).resolve()
    except (OSError, ValueError, RuntimeError):
        return False
    return path == _OURS or _OURS in path.parents
