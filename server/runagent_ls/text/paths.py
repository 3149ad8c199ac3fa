"""Paths as people read them."""

from __future__ import annotations

import os
from pathlib import Path


def shown_path(path: Path, base: Path) -> str:
    """`path` with forward slashes, relative to `base` when it lies inside of it."""
    text = os.path.relpath(path, base) if path.is_relative_to(base) else str(path)
    return text.replace(os.sep, "/")
