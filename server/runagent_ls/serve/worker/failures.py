"""What an exception says: its text, and its steps in the agent's own files."""

from __future__ import annotations

import builtins
import linecache
import os
import sys

from .binding import problems_of
from .extracting import ExpressionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_GROUP: Any = getattr(builtins, "BaseExceptionGroup", ())
"""Since Python 3.11."""
_NAME: Any = type.__dict__["__name__"]
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
                foreign = any(part in _FOREIGN or part.startswith(".") for part in parts)
                return not foreign and not _in_python(path, root)
        return False


def _in_python(path: str, root: str) -> bool:
    """Whether it belongs to a Python that is installed below the project."""
    return any(
        prefix.startswith(root + os.sep) and path.startswith(prefix + os.sep)
        for prefix in (sys.prefix, sys.base_prefix)
    )


def text_of(exception: BaseException) -> str:
    """`str` of it, or its class when even that fails."""
    try:
        return str(exception)
    except BaseException:
        return _class_name(exception)


def frames_of(exception: BaseException, own: OwnFiles) -> list[dict[str, object]]:
    """The steps in the agent's own files, the innermost last; of a syntax error its own line."""
    frames: list[dict[str, object]] = []
    step = exception.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename in own:
            frames.append(_frame(code.co_filename, step.tb_lineno, code.co_name))
        step = step.tb_next
    if isinstance(exception, _GROUP):
        frames += frames_of(exception.exceptions[0], own)  # the others wait behind the first
    if isinstance(exception, SyntaxError) and exception.filename in own:
        frames.append(_frame(str(exception.filename), exception.lineno or 1, "<module>"))
    return frames


def _frame(path: str, line: int, function: str) -> dict[str, object]:
    try:
        text = linecache.getline(path, line).strip()
    except Exception:  # it imports what it needs, where the agent may have left nothing to import
        text = ""
    return {"file": path, "line": line, "function": function, "text": text or None}


def error_of(
    exception: BaseException, own: OwnFiles, call: tuple[Any, Any, Any] | None = None
) -> dict[str, object]:
    """The message of ERROR for what `call`, a function with its arguments, raised."""
    kind, problems = "raised", []
    if isinstance(exception, (SystemExit, KeyboardInterrupt)):
        kind = "exit"
    elif call is not None and not callable(call[0]):
        kind = "not-callable"
    elif call is not None and isinstance(exception, TypeError):
        problems = problems_of(*call)
    return {
        "kind": kind,
        "exception": name_of(exception),
        "message": text_of(exception),
        "frames": frames_of(exception, own),
        "problems": problems,
    }


def cancelled() -> dict[str, object]:
    """The message of ERROR for a run that ended because it was asked to."""
    return {
        "kind": "cancelled",
        "exception": None,
        "message": "The run was cancelled.",
        "frames": [],
        "problems": [],
    }


def name_of(exception: BaseException) -> str:
    """Its class; of an expression that jsonpath-ng does not read, the class that it raises."""
    if isinstance(exception, ExpressionError):
        return exception.name
    return _class_name(exception)


def _class_name(exception: BaseException) -> str:
    """Not what the class says of itself, which code of the agent may answer."""
    return str(_NAME.__get__(type(exception)))
