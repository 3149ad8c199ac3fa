"""What a worker says of its agent may repeat a key: it is taken out before anybody sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from runagent_ls.serve.state import EntrypointReport, Failure

if TYPE_CHECKING:
    from runagent_ls.agents.history.redaction.redactor import Redactor

_SHORTEST: Final = 8
"""Characters of a default that may hold a secret. Signatures with shorter ones are shown without
importing what finds secrets, which takes a good part of the time of a start."""


def clean_reports(
    reports: Sequence[EntrypointReport], environment: Mapping[str, str]
) -> tuple[EntrypointReport, ...]:
    """Defaults in a signature may be values that were read from a variable of `environment`."""
    if not any(map(_may_tell, reports)):
        return tuple(reports)
    redactor = _redactor(environment)
    return tuple(
        replace(
            report,
            signature=report.signature and redactor.text(report.signature),
            failure=report.failure and _cleaned(report.failure, redactor),
        )
        for report in reports
    )


def clean_failure(failure: Failure, environment: Mapping[str, str]) -> Failure:
    """What an exception says, and the lines of code that it came through."""
    return _cleaned(failure, _redactor(environment))


def _may_tell(report: EntrypointReport) -> bool:
    written = (report.signature or "").rpartition(" -> ")
    _, *defaults = (written[0] or written[2]).split("=")
    # up to the next parameter
    lengths = (len((each.rpartition(",")[0] or each).strip(" )")) for each in defaults)
    return report.failure is not None or any(length >= _SHORTEST for length in lengths)


def _cleaned(failure: Failure, redactor: Redactor) -> Failure:
    frames = tuple(
        replace(frame, text=frame.text and redactor.text(frame.text)) for frame in failure.frames
    )
    return replace(failure, message=redactor.text(failure.message), frames=frames)


def _redactor(environment: Mapping[str, str]) -> Redactor:
    from runagent_ls.agents.history.redaction.forms import SecretForms
    from runagent_ls.agents.history.redaction.redactor import Redactor
    from runagent_ls.agents.history.redaction.sources import secret_values

    return Redactor(SecretForms(secret_values(environment)))
