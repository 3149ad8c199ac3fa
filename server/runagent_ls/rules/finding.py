"""What a rule says, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Literal, TypeAlias

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.text.position import Range

Severity: TypeAlias = Literal["error", "warning", "information", "hint"]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a finding."""

    file: FilePath
    range: Range
    message: str


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace `range` of `file` by `new_text`."""

    file: FilePath
    range: Range
    new_text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that removes the finding. `safe` fixes are applied by fix-all and `--fix`."""

    title: str
    edits: tuple[TextEdit, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic, the same in the editor, on the command line and in CI."""

    code: str
    slug: str
    severity: Severity
    message: str
    file: FilePath
    range: Range
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)
