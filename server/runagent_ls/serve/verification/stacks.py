"""Where a process stood when it was ended, from what Python's `faulthandler` writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from runagent_ls.project.file_source import DiskFiles
from runagent_ls.serve import worker
from runagent_ls.serve.state import Frame
from runagent_ls.text.lines import LineIndex

_THREAD: Final = re.compile(r"^(?:Current thread|Thread) .*\(most recent call first\):", re.M)
_STEP: Final = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in (?P<name>.+)$', re.M)
_WORKER: Final = Path(next(iter(worker.__path__)))
_FOREIGN: Final = frozenset({"site-packages", "dist-packages", "node_modules"})


def frames_in(text: str, folder: Path) -> tuple[Frame, ...]:
    """The steps in files below `folder` of the thread that was importing, innermost last.

    Empty when `text` holds no such stack.
    """
    for block in _THREAD.split(text)[:0:-1]:
        steps = _STEP.findall(block)
        if any(Path(file).parent == _WORKER for file, _, _ in steps):
            return _own(steps, folder)
    return ()


def _own(steps: list[tuple[str, str, str]], folder: Path) -> tuple[Frame, ...]:
    files = DiskFiles()
    found = []
    for file, line, name in reversed(steps):
        path = Path(file)
        if not path.is_relative_to(folder) or _FOREIGN.intersection(path.parts):
            continue
        text = files.read(path).text
        if text is not None:
            source = LineIndex(text)
            shown = source.line(int(line) - 1).strip() if int(line) <= source.line_count else ""
            found.append(Frame(path, int(line), name, shown or None))
    return tuple(found)
