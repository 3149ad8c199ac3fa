"""What names in annotations stand for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TypeAlias

from runagent_ls.pyfile.model import Symbol


@dataclass(frozen=True, slots=True)
class External:
    """Something of another package, by one canonical name: `typing.List`, `builtins.int`."""

    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: its file, and the classes of the project around it."""

    path: FilePath
    owners: tuple[Symbol, ...] = ()


@dataclass(frozen=True, slots=True)
class Local:
    """Something of the project."""

    symbol: Symbol
    place: Place


Meaning: TypeAlias = External | Local | None
"""None: it cannot be known."""
