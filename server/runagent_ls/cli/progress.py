"""How far a batch is, on standard error: one line kept up to date, or a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TextIO

from runagent_ls.agents.batch.plan import BatchProgress
from runagent_ls.cli.terminal import harmless, is_terminal

SPARSE_S: Final = 15.0
"""Where nobody watches, a line is written only so often."""
_CLEAR: Final = "\r\x1b[K"


class ProgressLine:
    """On a terminal the line is redrawn in place; elsewhere lines are sparse."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = is_terminal(stream)
        self._shown = ""
        self._next = clock() + SPARSE_S

    def show(self, progress: BatchProgress) -> None:
        """Show how far it is, if it is time to."""
        text = progress_text(progress)
        if self._terminal:
            self._shown = text
            self._write(f"{_CLEAR}{text}")
        elif self._clock() >= self._next:
            self._next = self._clock() + SPARSE_S
            self._write(f"{text}\n")

    def say(self, text: str) -> None:
        """A line that stays."""
        if self._terminal:
            self._write(f"{_CLEAR}{harmless(text)}\n{self._shown}")
        else:
            self._write(f"{harmless(text)}\n")

    def close(self) -> None:
        """Take the line away; what follows begins on a line of its own."""
        if self._terminal and self._shown:
            self._write(_CLEAR)
            self._shown = ""

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def progress_text(progress: BatchProgress) -> str:
    """One line, short enough for a terminal."""
    of_all = f"{progress.done}" if progress.total is None else f"{progress.done}/{progress.total}"
    parts = [f"{of_all} done"]
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    parts.append("paused" if progress.paused else f"{progress.running} running")
    if progress.rate is not None:
        parts.append(f"{progress.rate:.1f}/s")
    if progress.eta_s is not None:
        parts.append(f"{duration(progress.eta_s)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """`4 s`, `3:05 min`, `2:07 h`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02} h"
