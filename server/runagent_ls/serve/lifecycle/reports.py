"""What a supervisor tells, passed on as events; log lines are kept for the front as well."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from runagent_ls.serve.front.logs import RunLogs
from runagent_ls.serve.lifecycle.events import Event, Logged, LogLine, StatusChanged
from runagent_ls.serve.lifecycle.loading import located
from runagent_ls.serve.state import Status


class Reports:
    """A `supervisor.Listener`."""

    def __init__(self, report: Callable[[Event], None], config_path: Path) -> None:
        self.logs = RunLogs()
        self._report = report
        self._config_path = config_path
        self._muted = False

    def mute(self) -> None:
        """Tell no status any more: after a start that failed, the failure is the last word."""
        self._muted = True

    def status_changed(self, status: Status) -> None:
        failure = status.failure
        if failure is not None:
            status = replace(status, failure=located(failure, self._config_path))
        if not self._muted:
            self._report(StatusChanged(status))

    def logged(self, run_id: str | None, stream: str, text: str) -> None:
        self.logs.add(run_id, stream, text)
        line = LogLine(run_id, stream, text, int(time.time() * 1000))
        self._report(Logged((line,)))
