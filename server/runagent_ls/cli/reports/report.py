"""What a check found, ready to be written in any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.rules.finding import Finding, Severity
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position, Range

if TYPE_CHECKING:
    from runagent_ls.serve.verification import Verification


@dataclass(frozen=True)
class CheckedFile:
    """A file that was asked for or has findings. `text` is empty when it could not be read."""

    path: Path
    text: str
    findings: tuple[Finding, ...]

    @cached_property
    def lines(self) -> LineIndex:
        """Line index of the text, made when a place is first shown."""
        return LineIndex(self.text)

    def column(self, position: Position) -> int:
        """One-based column in characters, as editors count for people."""
        start = self.lines.offset(Position(position.line, 0))
        return self.lines.offset(position) - start + 1


@dataclass(frozen=True)
class Report:
    """Everything one `check` has to say. `base` is the folder that paths are shown from."""

    files: tuple[CheckedFile, ...]
    projects: int
    base: Path
    fixed: int = 0
    verified: Mapping[Path, Verification] = field(default_factory=dict)
    """What the agents' own Python said, by configuration."""

    def findings(self) -> Iterator[tuple[CheckedFile, Finding]]:
        """Every finding with its file, in the order of the report."""
        for file in self.files:
            for finding in file.findings:
                yield file, finding

    def count(self) -> Counter[Severity]:
        """How many findings there are of each severity."""
        return Counter(finding.severity for _, finding in self.findings())


def place(range_: Range) -> dict[str, JsonValue]:
    """A range as LSP and our JSON write it: zero-based lines, UTF-16 characters."""
    return {
        name: {"line": position.line, "character": position.character}
        for name, position in (("start", range_.start), ("end", range_.end))
    }
