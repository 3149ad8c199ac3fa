"""Where the history file lies."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "RUNAGENT_LS_HISTORY"
"""A path, or `off`."""
_FOLDER = "runagent-ls"
_FILE = "history.db"


def configured_path(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file that the environment names, else the default; None when switched off."""
    named = environment.get(VARIABLE, "").strip()
    if named.lower() in {"off", "0", "false", "no"}:
        return None
    return Path(named).expanduser().absolute() if named else default_path(environment)


def default_path(environment: Mapping[str, str] = os.environ) -> Path:
    """`history.db` in the folder where this platform keeps the state of programs."""
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA")
        base = Path(local) if local else Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        state = environment.get("XDG_STATE_HOME", "")
        # the specification tells to ignore relative paths
        base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / _FOLDER / _FILE


def same_folder(path: str | None) -> str | None:
    """One spelling for each folder, however many links lead to it."""
    return None if path is None else os.path.realpath(path)  # Path.resolve may raise
