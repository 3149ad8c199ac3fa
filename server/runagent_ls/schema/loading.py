"""Finds the files of `schemas/`: in the repository, an installed wheel, or the extension."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path as FilePath
from typing import Any, Final

_LEVELS: Final = 5
"""Folders above this file that may hold `schemas`; `server/libs/runagent_ls/schema` needs most."""


@cache
def load(name: str) -> dict[str, Any]:
    """The schema `schemas/<name>`, parsed; do not change it, it is shared.

    Raises FileNotFoundError when the installation lacks it.
    """
    tried = []
    for folder in FilePath(__file__).resolve().parents[:_LEVELS]:
        candidate = folder / "schemas" / name
        if candidate.is_file():
            schema: dict[str, Any] = json.loads(candidate.read_text(encoding="utf-8"))
            return schema
        tried.append(str(candidate))
    raise FileNotFoundError(f"The schema {name} is not installed. Tried: {', '.join(tried)}")
