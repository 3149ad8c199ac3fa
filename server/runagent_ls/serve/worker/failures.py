"""What an exception says: its text, and its steps in the agent's own files."""

from __future__ import annotations

import linecache
import os

_FOREIGN = frozenset({"site-packages", "dist-packages", "node_modules"})


class OwnFiles:
    """Tells the agent's files from all others: they lie below one of `roots`, and not in an
    environment of installed packages."""

    def __init__(self, roots: list[str]) -> None:
        self.roots = roots

    def __contains__(self, path: object) -> bool:
        if not isinstance(path, str):
            return False
        for root in self.roots:
            if path.startswith(root + os.sep):
                parts = path[len(root) + 1 :].split(os.sep)[:-1]
                return not any(part in _FOREIGN or part.startswith(".") for part in parts)
        return False


def text_of(exception: BaseException) -> str:
    """`str` of it, or its class when even that fails."""
    try:
        return str(exception)
    except BaseException:
        return type(exception).__name__


def frames_of(exception: BaseException, own: OwnFiles) -> list[dict[str, object]]:
    """The steps in the agent's own files, the innermost last; of a syntax error its own line."""
    frames: list[dict[str, object]] = []
    step = exception.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename in own:
            frames.append(_frame(code.co_filename, step.tb_lineno, code.co_name))
        step = step.tb_next
    if isinstance(exception, SyntaxError) and exception.filename in own:
        frames.append(_frame(str(exception.filename), exception.lineno or 1, "<module>"))
    return frames


def _frame(path: str, line: int, function: str) -> dict[str, object]:
    text = linecache.getline(path, line).strip()
    return {"file": path, "line": line, "function": function, "text": text or None}


def error_of(exception: BaseException, own: OwnFiles) -> dict[str, object]:
    """The message of ERROR for what a function raised."""
    left = isinstance(exception, (SystemExit, KeyboardInterrupt))
    return {
        "kind": "exit" if left else "raised",
        "exception": type(exception).__name__,
        "message": text_of(exception),
        "frames": frames_of(exception, own),
        "problems": [],
    }
