"""What asking the agent's own Python gave."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runagent_ls.serve.state import EntrypointReport, Failure


@dataclass(frozen=True, slots=True)
class Verification:
    """`reports` has one report per Python entrypoint that was looked at; `failure` is what kept
    the agent as a whole from being looked at. `python` is the interpreter's version."""

    interpreter: Path
    reports: tuple[EntrypointReport, ...] = ()
    failure: Failure | None = None
    python: str | None = None
    broken_environments: tuple[Path, ...] = ()
    """Environments of the project that were passed over because their Python is gone."""

    @property
    def passed(self) -> bool:
        """Whether the agent starts and each of its entrypoints can be called."""
        return self.failure is None and all(
            report.exists and report.callable is not False and report.failure is None
            for report in self.reports
        )
