"""One way in which a value differs from what the real loader takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from runagent_ls.jsontree.document import Part, Path

ProblemKind: TypeAlias = Literal[
    "missing", "type", "enum", "unknown-key", "empty", "mixed-entrypoints", "null", "duplicate-tag"
]


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """`path` names the offending value; for `missing` the object that lacks `key`.

    `refused` is true when the real loader refuses the configuration for it.
    """

    kind: ProblemKind
    path: Path
    message: str
    part: Part = "value"
    key: str | None = None
    expected: tuple[str, ...] = ()
    nearest: str | None = None
    refused: bool = True
