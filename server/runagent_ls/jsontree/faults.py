"""Collects the problems of one text."""

from __future__ import annotations

from runagent_ls.jsontree.document import SyntaxProblem
from runagent_ls.text.position import Span

MAX_PROBLEMS = 500
"""A text with more is not JSON at all; a longer list would help nobody."""


class Faults:
    """Problems found so far, at most `MAX_PROBLEMS`."""

    def __init__(self) -> None:
        self._found: list[SyntaxProblem] = []

    def add(
        self,
        kind: str,
        message: str,
        span: Span,
        related: Span | None = None,
        *,
        breaks_loader: bool = True,
    ) -> None:
        """Note a problem."""
        if len(self._found) < MAX_PROBLEMS:
            self._found.append(SyntaxProblem(kind, message, span, related, breaks_loader))

    def withdraw(self, kind: str) -> None:
        """Take the last problem back if it is of this kind: it turned out to be another."""
        if self._found and self._found[-1].kind == kind:
            self._found.pop()

    def in_order(self) -> tuple[SyntaxProblem, ...]:
        """All problems by place."""
        return tuple(sorted(self._found, key=lambda problem: problem.span))
