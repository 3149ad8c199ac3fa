"""What reading a class asks about the names around it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Protocol

from runagent_ls.project.objects import Found, Thing
from runagent_ls.pyfile.model import Symbol


class Names(Protocol):
    """Names as one entry file sees them: `evaluation.Evaluator` follows them."""

    def chain(self, path: FilePath, text: str) -> Found:
        """`a.b.c` as a module's own code reads it."""
        ...

    def qualified(self, path: FilePath, text: str) -> str | None:
        """`functools.partial` for whatever name that has here; None for names of the project."""
        ...

    def is_builtin(self, name: str, path: FilePath) -> bool:
        """Whether a file leaves a built-in name alone."""
        ...

    def function(
        self, symbol: Symbol, path: FilePath, shadowed: Iterable[str] = (), *, skip: int = 0
    ) -> Thing:
        """A function after its decorators, the outermost `skip` of them left to the caller."""
        ...

    def may_be_set(self, name: str) -> bool:
        """Whether any file seen so far sets an attribute of this name, on anything."""
        ...

    def escapes(self) -> bool:
        """Whether a name on the way is handed to code that may change the object."""
        ...
