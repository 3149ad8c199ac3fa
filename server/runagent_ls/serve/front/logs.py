"""What the agent printed, by run: the newest of it, in limited memory."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Final

RUNS: Final = 200
"""So many runs are remembered; the one that was written to least recently goes first."""
RUN_CHARS: Final = 256 * 1024
"""of each run, and of what belongs to none"""
_LINE_CHARS: Final = 64
"""What a line takes beside its text."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """`number` counts all lines of the server from 1; `at_ms` since 1970. `text` is what was
    written at once: often a line, sometimes several or a part of one."""

    number: int
    run_id: str | None
    stream: str
    text: str
    at_ms: int


class _Ring:
    __slots__ = ("chars", "dropped", "lines")

    def __init__(self) -> None:
        self.lines: deque[LogLine] = deque()
        self.chars = 0
        self.dropped = 0


class RunLogs:
    """Remembers what `add` is told. For one thread."""

    def __init__(self, runs: int = RUNS, run_chars: int = RUN_CHARS) -> None:
        self._runs = runs
        self._run_chars = run_chars
        self._rings: OrderedDict[str | None, _Ring] = OrderedDict()
        self._count = 0

    def add(self, run_id: str | None, stream: str, text: str) -> LogLine:
        """Remember that `text` was written to `stream` by a run, or by none."""
        self._count += 1
        kept = text[-self._run_chars :]
        line = LogLine(self._count, run_id, stream, kept, int(time.time() * 1000))
        ring = self._ring(run_id)
        ring.lines.append(line)
        ring.chars += len(kept) + _LINE_CHARS
        while ring.chars > self._run_chars and len(ring.lines) > 1:
            ring.chars -= len(ring.lines.popleft().text) + _LINE_CHARS
            ring.dropped += 1
        return line

    def of(self, run_id: str | None) -> tuple[list[LogLine], int]:
        """The lines of a run (of none: None), oldest first, and how many older ones are gone."""
        ring = self._rings.get(run_id)
        return ([], 0) if ring is None else (list(ring.lines), ring.dropped)

    def _ring(self, run_id: str | None) -> _Ring:
        ring = self._rings.get(run_id)
        if ring is None:
            ring = self._rings[run_id] = _Ring()
        self._rings.move_to_end(run_id)
        if len(self._rings) > self._runs:
            self._rings.popitem(last=False)
        return ring
