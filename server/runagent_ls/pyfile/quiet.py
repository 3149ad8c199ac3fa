"""Running the parser without its side effects on the process."""

from __future__ import annotations

import ast
import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


def parsed(text: str) -> ast.Module | None:
    """The syntax tree of any text; None when it does not parse, or is nested too deeply."""
    try:
        with quiet_parser():
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@contextmanager
def quiet_parser() -> Iterator[None]:
    """No warnings about the text, and no cyclic collection while many nodes are made."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if collecting:
            gc.enable()
