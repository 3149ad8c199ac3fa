"""What an agent remembers, in a file: each line is a change, and now and then all starts afresh."""

from __future__ import annotations

import contextlib
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from agent_runtime.json_value import JsonValue
from agent_runtime.persistence.batch import TRACE, decoded_json, encoded
from agent_runtime.persistence.line_file import (
    LONGEST_LINE,
    Line,
    LineFile,
    flush_folder,
    reading,
    replace,
    writing,
)
from agent_runtime.persistence.records import (
    MemoryChange,
    decoded_record,
    encoded_change,
    encoded_record,
)
from agent_runtime.persistence.store import MemoryRecord, StoreError

_OUTDATED: Final = 4
"""How many times more changes than records there may be before the file is written afresh."""
_FEW: Final = 1_000
_RECORDS_IN_A_LINE: Final = 1_000


class MemoryFile:
    """The memory of `agent` in the file `path`. Methods raise OSError and StoreError."""

    def __init__(self, path: Path, agent: str, *, sync: bool) -> None:
        self.path = path
        self.agent = agent
        self._sync = sync
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        # Records as JSON text, so that nobody can change them.
        self._records: dict[str, str] = {}
        self._number = 0
        self._changes = 0
        self._start = self._end = self._check = 0

    def load(self) -> list[MemoryRecord]:
        """All of it, the oldest first; nothing when there is no file."""
        try:
            with reading(self.path) as file, self._lock:
                self._catch_up(file)
                return [decoded_record(decoded_json(text)) for text in self._records.values()]
        except FileNotFoundError:
            return []

    def save(self, changed: Sequence[MemoryRecord], removed: Sequence[str]) -> None:
        """Forgets `removed`, then adds or replaces `changed`, all or nothing."""
        with writing(self.path, create=True) as file, self._lock:
            self._catch_up(file)
            kept = {one.id: self._records.get(one.id) for one in changed if one.id not in removed}
            texts = {record.id: encoded_change(record, kept.get(record.id)) for record in changed}
            if self._end == 0:
                if self._sync:
                    for folder in self.path.parents[:2]:
                        flush_folder(folder)
                self._add(file, self._header())
            self._add(file, _change(self._number, removed, texts.values()))
            self._apply(removed, texts)
            if self._changes > max(_FEW, _OUTDATED * len(self._records)):
                # It can wait: nothing is lost when it fails.
                with contextlib.suppress(OSError, StoreError):
                    self._write_afresh()

    def _header(self) -> bytes:
        text = encoded({"number": 0, "memory": TRACE, "agent": self.agent}, "The agent's name")
        return text.encode("ascii")

    def _add(self, file: LineFile, line: bytes) -> None:
        if len(line) >= LONGEST_LINE:
            raise StoreError(
                f"{len(line):,} bytes of memory were to be saved at once for {self.agent!r}, more"
                f" than the {LONGEST_LINE:,} that are possible."
            )
        end = file.add(line, self._end, sync=self._sync)
        self._passed(Line(line, self._end, end))

    def _passed(self, line: Line) -> None:
        self._start, self._end, self._check = line.start, line.end, zlib.crc32(line.data)
        self._number += 1

    def _apply(self, removed: Sequence[str], texts: Mapping[str, str]) -> None:
        for name in removed:
            self._records.pop(name, None)
        self._records.update(texts)
        self._changes += len(removed) + len(texts)

    def _catch_up(self, file: LineFile) -> None:
        # Numbers grow over all files of an agent, so that no two lines are alike.
        line = file.line_between(self._start, self._end) if self._end else None
        if line is None or zlib.crc32(line) != self._check:
            self._forget()
        try:
            for line_read, number, change in _lines(file, self.agent, self._end, self._number):
                texts = {record.id: encoded_record(record) for record in change.changed}
                self._number = number
                self._apply(change.removed, texts)
                self._passed(line_read)
        except StoreError:
            self._forget()
            raise

    def _write_afresh(self) -> None:
        lines = [self._header()]
        records = iter(self._records.values())
        number = self._number
        while some := list(islice(records, _RECORDS_IN_A_LINE)):
            lines.append(_change(number, (), some))
            number += 1
        # Left by a process that was killed while it did the same.
        for left in self.path.parent.glob(f".{self.path.name}.*"):
            left.unlink()
        if max(map(len, lines)) < LONGEST_LINE:
            replace(self.path, b"".join(line + b"\n" for line in lines), sync=self._sync)


def _change(number: int, removed: Sequence[str], texts: Iterable[str]) -> bytes:
    ids = encoded(list(removed), "What is to be forgotten")
    head = f'{{"number":{number},"removed":{ids},"changed":['
    return (head + ",".join(texts) + "]}").encode("ascii")


def changes(path: Path, agent: str) -> Iterator[MemoryChange]:
    """What was changed in the memory of `agent` in the file `path`, a line at a time, the oldest
    first; nothing when there is no file. OSError, StoreError."""
    with contextlib.suppress(FileNotFoundError), reading(path) as file:
        for _, _, change in _lines(file, agent):
            yield change


def _lines(
    file: LineFile, agent: str, start: int = 0, least: int = 0
) -> Iterator[tuple[Line, int, MemoryChange]]:
    """Each line with its number, which is `least` or more, and what it changes. StoreError."""
    for line in file.lines(start):
        with contextlib.suppress(ValueError):
            number, change = _read(decoded_json(line.data), agent, is_first=line.start == 0)
            if number >= least:
                least = number + 1
                yield line, number, change
                continue
        raise StoreError(
            f"{file.path} is damaged at byte {line.start}, or is no memory of {agent!r}."
            " Repair it, or move it away: then the agent remembers nothing."
        )


def _read(value: JsonValue, agent: str, *, is_first: bool) -> tuple[int, MemoryChange]:
    """ValueError for anything but the header, as the first line, or a change."""
    match value:
        case {"memory": str(trace), "agent": str(name)} if is_first:
            if (trace, name) == (TRACE, agent):
                return 0, MemoryChange((), ())
        case {"number": int(number), "removed": list(removed), "changed": list(changed)}:
            if not is_first and type(number) is int:
                ids = [name for name in removed if isinstance(name, str)]
                return number, MemoryChange(ids, [decoded_record(item) for item in changed])
    raise ValueError("no change")
