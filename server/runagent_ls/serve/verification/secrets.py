"""What an exception says may repeat a key: it is taken out before anybody sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from runagent_ls.agents.history.redaction.forms import SecretForms
from runagent_ls.agents.history.redaction.redactor import Redactor
from runagent_ls.agents.history.redaction.sources import secret_values
from runagent_ls.serve.state import EntrypointReport, Failure


class Cleaner:
    """Knows the secrets among an agent's variables."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._redactor = Redactor(SecretForms(secret_values(environment)))

    def failure(self, failure: Failure) -> Failure:
        frames = tuple(
            replace(frame, text=frame.text and self._redactor.text(frame.text))
            for frame in failure.frames
        )
        return replace(failure, message=self._redactor.text(failure.message), frames=frames)

    def report(self, report: EntrypointReport) -> EntrypointReport:
        """Defaults in a signature may be values that were read from a variable."""
        return replace(
            report,
            signature=report.signature and self._redactor.text(report.signature),
            failure=report.failure and self.failure(report.failure),
        )
