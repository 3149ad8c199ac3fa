"""How cases went, for every form in which that is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Literal, TypeAlias

from runagent_ls.agents.outcome import RunOutcome
from runagent_ls.testing.model import Case, Failure
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Range, Span

Result: TypeAlias = Literal["passed", "failed", "error"]
"""`error`: it was not run, or the agent was not reached, so nothing is known of what it expects."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of a case. `is_reached` is False when the agent could not be called."""

    outcome: RunOutcome
    failures: tuple[Failure, ...]
    is_reached: bool = True
    history_id: str | None = None

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass(frozen=True, slots=True)
class CaseReport:
    """One case with its runs; none when it has problems."""

    case: Case
    attempts: tuple[Attempt, ...] = ()

    @property
    def passes(self) -> int:
        """How many runs met all that is expected."""
        return sum(attempt.passed for attempt in self.attempts)

    @property
    def result(self) -> Result:
        if self.case.problems or not self.attempts:
            return "error"
        if self.passes == len(self.attempts):
            return "passed"
        reached = any(it.is_reached for it in self.attempts if not it.passed)
        return "failed" if reached else "error"

    @property
    def elapsed_s(self) -> float:
        """Of all runs together."""
        return sum(attempt.outcome.elapsed_ms for attempt in self.attempts) / 1000

    @property
    def flakiness(self) -> str | None:
        """`3 of 5 runs passed`, when it was run more than once and not always the same."""
        if self.passes in (0, len(self.attempts)):
            return None
        return f"{self.passes} of {len(self.attempts)} runs passed"

    def range(self, span: Span) -> Range:
        """A place in the case's file, as LSP counts."""
        return LineIndex(self.case.text or "").range(span)


@dataclass(slots=True)
class TestReport:
    """Everything one `test` has to say. `base` is the folder that paths are shown from."""

    __test__ = False  # not one of pytest's

    base: FilePath
    cases: list[CaseReport] = field(default_factory=list)
    is_complete: bool = True
    """False when it was interrupted."""

    def count(self, result: Result) -> int:
        return sum(report.result == result for report in self.cases)
