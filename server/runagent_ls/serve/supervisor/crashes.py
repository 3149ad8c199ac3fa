"""What Python's `faulthandler` writes when compiled code brings the process down."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from runagent_ls.serve.state import Frame

_DUMP: Final = re.compile(r"\n*^(?:Current thread|Thread) 0x[^\n]*\n(?:  [^\n]*\n?|\n)*", re.M)
_CURRENT: Final = re.compile(r"^Current thread 0x[^\n]*\n((?:  [^\n]*(?:\n|\Z))*)", re.M)
_STEP: Final = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in (?P<name>.+)$', re.M)
_FOREIGN: Final = frozenset({"site-packages", "dist-packages", "node_modules"})


def frames_in(text: str, folder: Path) -> tuple[Frame, ...]:
    """The steps, in the agent's own files below `folder`, of the thread that brought the process
    down; innermost last. Empty when `text` holds no such dump."""
    current = _CURRENT.search(text)
    steps = [] if current is None else _STEP.findall(current[1])
    return tuple(
        Frame(Path(file), int(line), name, _line(Path(file), int(line)))
        for file, line, name in reversed(steps)
        if _is_own(Path(file), folder)
    )


def without_dump(text: str) -> str:
    """`text` without the steps of all threads, which hide what else was written."""
    return _DUMP.sub("\n", text)


def _is_own(file: Path, folder: Path) -> bool:
    if not file.is_relative_to(folder):
        return False
    parts = file.relative_to(folder).parts[:-1]
    return not any(part in _FOREIGN or part.startswith(".") for part in parts)


def _line(file: Path, number: int) -> str | None:
    try:
        lines = file.read_text("utf-8", "replace").split("\n")
    except OSError:
        return None
    return lines[number - 1].strip() or None if number <= len(lines) else None
