"""What reading one kind of type asks about the expressions inside it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias

from runagent_ls.project.annotations.known import Schema
from runagent_ls.project.annotations.meaning import Meaning, Place
from runagent_ls.project.importing import ModuleReader

Variables: TypeAlias = Mapping[str, Schema]
"""Type variables by name, as what they stand for here."""


class Reading(Protocol):
    """The annotations of one entrypoint while they are read: `builder.Builder` reads them."""

    @property
    def reader(self) -> ModuleReader: ...

    def schema(self, node: ast.expr, place: Place, variables: Variables | None = None) -> Schema:
        """The schema of an expression that stands at `place`."""
        ...

    def meaning(self, node: ast.expr | None, place: Place) -> Meaning:
        """What a name or `a.b.c` stands for; None for any other expression."""
        ...

    def external(self, node: ast.expr | None, place: Place) -> str:
        """Canonical name of what an expression names in another package, else empty."""
        ...

    def deeper(self) -> AbstractContextManager[bool]:
        """Guards walks through bases: False when they lead too deep."""
        ...
