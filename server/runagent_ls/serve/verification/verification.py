"""What asking the agent's own Python gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runagent_ls.serve.state import EntrypointReport, Failure


@dataclass(frozen=True, slots=True)
class Verification:
    """`reports` has one report per Python entrypoint that was looked at; `failure` is the first
    thing that keeps the agent from starting, with the tag of its entrypoint when it is about one.
    `python` is the interpreter's version."""

    interpreter: Path
    reports: tuple[EntrypointReport, ...] = ()
    failure: Failure | None = None
    python: str | None = None
    installs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Module that was not found to the words of the command that would install it."""
    lent: bool = False
    """Whether the agent has imported an agent runtime that only we lend it."""

    @property
    def passed(self) -> bool:
        """Whether the agent starts and each of its entrypoints can be called."""
        return self.failure is None and all(
            report.exists and report.callable is not False and report.failure is None
            for report in self.reports
        )
