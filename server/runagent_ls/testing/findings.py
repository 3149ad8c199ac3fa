"""Problems of a case as findings, for editors."""

from __future__ import annotations

from typing import Final

from runagent_ls.rules.finding import Finding
from runagent_ls.testing.model import Case
from runagent_ls.text.lines import LineIndex

CODE: Final = "case"
SLUG: Final = "unusable-case"


def findings_of(case: Case, *, with_format: bool) -> tuple[Finding, ...]:
    """What is wrong with a case. Without `with_format` only what an editor that knows the schema
    of cases does not tell by itself."""
    lines = LineIndex(case.text or "")
    return tuple(
        Finding(CODE, SLUG, "error", it.message, case.place.path, lines.range(it.span))
        for it in case.problems
        if with_format or not it.of_format
    )
