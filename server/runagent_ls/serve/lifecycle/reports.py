"""What a supervisor tells, passed on as events; log lines are kept for the front as well."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runagent_ls.serve.lifecycle.events import Event, Logged, LogLine, StatusChanged
from runagent_ls.serve.lifecycle.planning.loading import located
from runagent_ls.serve.state import Status

if TYPE_CHECKING:  # with it comes the whole front, which is imported while the agent starts
    from runagent_ls.serve.front.logs import RunLogs

_EARLY_LINES: Final = 1000
"""What an agent prints at import and is kept until there is a front to keep it."""


class Reports:
    """A `supervisor.Listener`."""

    def __init__(self, report: Callable[[Event], None], config_path: Path) -> None:
        self._report = report
        self._config_path = config_path
        self._muted = False
        self._logs: RunLogs | None = None
        self._early: deque[LogLine] = deque(maxlen=_EARLY_LINES)

    def mute(self) -> None:
        """Tell no status any more: after a start that failed, the failure is the last word."""
        self._muted = True

    def keep_in(self, logs: RunLogs) -> None:
        """Remember in `logs` what is printed, and what was printed so far."""
        self._logs = logs
        for line in self._early:
            logs.add(line.run_id, line.stream, line.text)
        self._early.clear()

    def status_changed(self, status: Status) -> None:
        failure = status.failure
        if failure is not None:
            status = replace(status, failure=located(failure, self._config_path))
        if not self._muted:
            self._report(StatusChanged(status))

    def logged(self, run_id: str | None, stream: str, text: str) -> None:
        line = LogLine(run_id, stream, text, int(time.time() * 1000))
        if self._logs is None:
            self._early.append(line)
        else:
            self._logs.add(run_id, stream, text)
        self._report(Logged((line,)))
