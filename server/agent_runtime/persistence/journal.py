"""A session's events in a file: each line is a list of those that were saved together."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeGuard

from agent_runtime.events import Event
from agent_runtime.json_value import JsonValue
from agent_runtime.persistence.batch import (
    MOST_VALUES,
    TRACE,
    check_size,
    decoded_event,
    decoded_json,
    encoded_event,
    has_too_many_values,
)
from agent_runtime.persistence.line_file import LONGEST_LINE, Line, LineFile
from agent_runtime.persistence.progress import Progress
from agent_runtime.persistence.store import StoreError, UnsavableError

_LONGEST_ROOM: Final = 1024 * 1024
_FIRST_SEQ: Final = re.compile(rb'\[\{"seq":(\d{1,18})[,}]')
_BEGINNING: Final = b'[{"seq":0,'
_NEAR: Final = 64 * 1024
"""Bytes from where reading on is quicker than looking for a closer line."""


def encoded_line(session: str, events: Sequence[Event]) -> bytes:
    """The line of events. UnsavableError for what JSON cannot say, or too much of it."""
    line = ("[" + ",".join(map(encoded_event, events)) + "]").encode("ascii")
    check_size(session, len(line), events)
    if len(line) > MOST_VALUES and has_too_many_values(line):
        raise UnsavableError(
            f"More than {MOST_VALUES:,} values were to be saved at once in session {session!r}."
        )
    return line


def decoded_line(line: Line, session: str, seq: int, path: Path) -> list[Event]:
    """The events of a line, the first of which is number `seq`. StoreError says what is damaged."""
    try:
        values = decoded_json(line.data)
    except ValueError:
        values = None
    if isinstance(values, list) and values:
        events = [decoded_event(value, session, seq + n) for n, value in enumerate(values)]
        found = [event for event in events if event is not None]
        if len(found) == len(values):
            return found
    raise StoreError(
        f"{path} is damaged: event {seq} of session {session!r} cannot be read at byte"
        f" {line.start}. Repair the file, or delete the session."
    )


def line_before(file: LineFile, after: int) -> int:
    """Where a line begins whose first event is at most number `after`; 0 when in doubt."""
    low, high = 0, file.size()
    while high - low > _NEAR:
        middle = (low + high) // 2
        # it begins in the middle of a line, most likely
        part = file.first_line(middle)
        line = part and file.first_line(part.end)
        first = _FIRST_SEQ.match(line.data) if line else None
        if line is None or line.start >= high or first is None or int(first[1]) > after:
            high = middle
        else:
            low = line.start
    return low


def first_seq(line: Line) -> int:
    """The number of a line's first event, without reading all of it; -1 when it has none."""
    found = _FIRST_SEQ.match(line.data)
    return int(found[1]) if found else -1


@dataclass(slots=True)
class Position:
    """How far a journal is known: `progress` as of `end`, the end of a whole line that begins at
    `start` and has the checksum `check`."""

    progress: Progress = field(default_factory=Progress)
    start: int = 0
    end: int = 0
    check: int = 0

    def add(self, events: Sequence[Event], line: bytes, end: int) -> None:
        """Follow one more line, which ends at `end`."""
        for event in events:
            self.progress.apply(event)
        self.start, self.end, self.check = self.end, end, zlib.crc32(line)

    def catch_up(self, file: LineFile, session: str) -> None:
        """Read what was added since. StoreError when that is damaged."""
        if self.end == 0:
            check_owner(file, session)
        elif file.size() == self.end:
            return  # most often: whoever works on a session saves again and again
        for line in file.lines(self.end):
            events = decoded_line(line, session, self.progress.next_seq, file.path)
            self.add(events, line.data, line.end)

    def fits(self, file: LineFile) -> bool:
        """Whether the file still holds, there, what was read."""
        if not self.start <= self.end <= min(file.size(), self.start + LONGEST_LINE):
            return False
        if self.end == 0:
            return True
        line = file.line_between(self.start, self.end)
        return line is not None and zlib.crc32(line) == self.check

    def to_json(self, session: str) -> JsonValue:
        """For another process, which can go on from here."""
        return {
            "session": session,
            "start": self.start,
            "end": self.end,
            "check": self.check,
            "progress": self.progress.to_json(),
        }

    @classmethod
    def from_json(cls, value: JsonValue, session: str) -> Position | None:
        """None for anything that `to_json` does not say of this session."""
        if not isinstance(value, dict) or value.get("session") != session:
            return None
        start, end, check = value.get("start"), value.get("end"), value.get("check")
        progress = Progress.from_json(value.get("progress"))
        if progress is None or not _is_offset(start) or not _is_offset(end):
            return None
        return cls(progress, start, end, check) if _is_offset(check) else None


def _is_offset(value: object) -> TypeGuard[int]:
    return type(value) is int and value >= 0


def owner(file: LineFile) -> str | None:
    """Whose journal it is; None when it holds nothing yet. StoreError for a foreign file."""
    line = file.first_line()
    if line is None and _may_be_cut_off(file):
        return None
    try:
        values = decoded_json(line.data) if line else None
    except ValueError:
        values = None
    first = values[0] if isinstance(values, list) and values else None
    session = first.get("session") if isinstance(first, dict) else None
    if isinstance(session, str) and decoded_event(first, session, 0) is not None:
        return session
    trace = first.get("trace") if isinstance(first, dict) else None
    if isinstance(trace, str) and trace.startswith("agent_runtime/") and trace != TRACE:
        raise StoreError(f"{file.path} is of another version: {trace[:40]}, and not {TRACE}.")
    raise StoreError(
        f"{file.path} does not begin as a session does. It was damaged, or is foreign."
    )


def _may_be_cut_off(file: LineFile) -> bool:
    """Whether a file without a whole line can be the beginning of a first save, or the room that a
    power cut has left for one."""
    beginning = file.beginning(len(_BEGINNING))
    return _BEGINNING.startswith(beginning) or not file.beginning(_LONGEST_ROOM).strip(b"\0")


def check_owner(file: LineFile, session: str) -> bool:
    """Whether the session is there. StoreError when the file holds another one."""
    found = owner(file)
    if found not in {None, session}:
        raise StoreError(
            f"{file.path} holds session {found!r}, and not {session!r}: was the folder copied or"
            " renamed?"
        )
    return found is not None


def events_after(file: LineFile, session: str, after: int) -> Iterator[Event]:
    """Those whose number is greater than `after`, a line at a time. StoreError for damage."""
    start = line_before(file, after) if after > 0 else 0
    seq = -1
    for line in file.lines(start):
        if seq < 0:
            seq = first_seq(line) if start else 0
        events = decoded_line(line, session, seq, file.path)
        seq += len(events)
        yield from (event for event in events if event["seq"] > after)
