"""What is on disk of a batch, read back so that it can go on where it ended.

Two files. The output has one line for each item that has ended. The journal beside it
(`OUTPUT.journal`) names the items whose call was begun, before it is; so after a `kill -9` the
calls that were in flight are known. The journal goes away when every item has ended.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeGuard

from runagent_ls.agents.batch.lock import try_lock
from runagent_ls.agents.batch.plan import BatchError
from runagent_ls.agents.batch.records import STATES, ItemState, RecordTable
from runagent_ls.agents.values import parse

_HASH: Final = re.compile("[0-9a-f]{64}")
_RECORD_BEGIN: Final = b'{"index": '
_READ_BYTES: Final = 1024 * 1024
_STATES: Final[Mapping[str, ItemState]] = {state: state for state in STATES}

OnRecord: TypeAlias = Callable[[Mapping[str, Any]], None]
"""Called with the JSON of one line of the output."""


@dataclass(slots=True)
class Checkpoint:
    """An output file, open and locked, positioned at its end.

    `in_flight` maps items whose call was begun, and of which nothing more is known, to the hash
    of their input. `cut_bytes` were a line that was not written to its end.
    """

    output: io.FileIO
    path: Path
    tag: str
    table: RecordTable = field(default_factory=RecordTable)
    in_flight: dict[int, str] = field(default_factory=dict)
    cut_bytes: int = 0

    @property
    def journal(self) -> Path:
        """Where the calls that were begun are noted."""
        return journal_of(self.path)


def journal_of(output: Path) -> Path:
    """The journal that belongs to an output file."""
    return output.with_name(output.name + ".journal")


def open_checkpoint(path: Path, tag: str, *, resume: bool, on_record: OnRecord) -> Checkpoint:
    """Open the output of a batch; `on_record` gets each record that is there already, in order.

    Raises BatchError when another batch writes it, when it holds results and `resume` is False,
    or when it is not the output of a batch with this tag.
    """
    try:
        if path.exists() and not path.is_file():
            # what a device or a pipe gives to be read back may have no end
            raise BatchError(
                f"{path} cannot be written: it is no regular file.", "Give another --output."
            )
        output = io.FileIO(path, "r+" if path.exists() else "x+")
    except OSError as error:
        raise BatchError(
            f"{path} cannot be written: {error.strerror or error}.", "Give another --output."
        ) from error
    try:
        if not try_lock(output.fileno()):
            raise BatchError(
                f"Another batch is writing {path}.", "Wait for its end, or give another --output."
            )
        checkpoint = Checkpoint(output, path, tag)
        has_results = os.fstat(output.fileno()).st_size > 0
        if not resume and (has_results or checkpoint.journal.exists()):
            raise BatchError(
                f"{path} already holds results of a batch.",
                "Add --resume to go on with it, or give another --output.",
            )
        _read_output(checkpoint, on_record)
        _read_journal(checkpoint)
    except OSError as error:
        output.close()
        raise BatchError(f"{path} cannot be read back: {error.strerror or error}.") from error
    except BatchError:
        output.close()
        raise
    return checkpoint


def _read_output(checkpoint: Checkpoint, on_record: OnRecord) -> None:
    """Every record; the file then ends with the last whole one."""
    file = checkpoint.output
    offset, end = 0, 0
    bad: int | None = None
    closed = True
    reader = io.BufferedReader(file, _READ_BYTES)
    for number, line in enumerate(reader, 1):
        record = _record_of(line)
        if bad is not None:
            if not _is_empty(line):
                raise _not_ours(checkpoint.path, bad)
        elif record is None:
            if not (_is_empty(line) or _is_torn_record(line)):
                raise _not_ours(checkpoint.path, number)
            bad = number
        elif record.get("tag", checkpoint.tag) != checkpoint.tag:
            raise BatchError(
                f"{checkpoint.path} holds results of the entrypoint `{record['tag']}`, not of"
                f" `{checkpoint.tag}`.",
                "Name that entrypoint to go on with it, or give another --output.",
            )
        else:
            state = _STATES[record["state"]]
            checkpoint.table.put(record["index"], state, record["input_sha256"], offset)
            on_record(record)
            closed = line.endswith(b"\n")
            end = offset + len(line)
        offset += len(line)
    reader.detach()
    if bad is not None:
        checkpoint.cut_bytes = offset - end
        file.truncate(end)
    file.seek(0, os.SEEK_END)
    if not closed:
        file.write(b"\n")


def _not_ours(path: Path, line: int) -> BatchError:
    return BatchError(
        f"Line {line} of {path} is no result of a batch.",
        "Resuming needs the file as the batch wrote it. Give another --output.",
    )


def _record_of(line: bytes) -> dict[str, Any] | None:
    """The record that a line holds; None when it is not a whole one."""
    message = _object_of(line)
    if message is None:
        return None
    index, sha256 = message.get("index"), message.get("input_sha256")
    if type(index) is int and index >= 0 and message.get("state") in _STATES and _is_hash(sha256):
        return message
    return None


def _is_torn_record(line: bytes) -> bool:
    """Whether a line that is no record is the beginning of one."""
    return _RECORD_BEGIN.startswith(line[: len(_RECORD_BEGIN)]) and _object_of(line) is None


def _is_empty(line: bytes) -> bool:
    """Nothing, or the zero bytes that a power cut leaves."""
    return not line.strip(b"\0\n")


def _read_journal(checkpoint: Checkpoint) -> None:
    try:
        data = checkpoint.journal.read_bytes()
    except FileNotFoundError:
        return
    first, *lines = data.split(b"\n")
    head = _object_of(first)
    if head is None:
        return  # its first line was not written to its end, so no call had begun
    if head.get("tag") != checkpoint.tag:
        raise BatchError(
            f"{checkpoint.path} holds results of the entrypoint `{head.get('tag')}`, not of"
            f" `{checkpoint.tag}`.",
            "Resume with the same tag, or give another --output.",
        )
    for number, line in enumerate(lines, 2):
        mark = _object_of(line)
        if mark is None:
            if any(map(_object_of, lines[number - 1 :])):
                raise BatchError(
                    f"Line {number} of {checkpoint.journal} is damaged, so the calls that were in"
                    " flight are not known.",
                    "Give another --output to begin anew.",
                )
            break
        started, released, sha256 = (mark.get(key) for key in ("started", "released", "sha256"))
        if type(started) is int and _is_hash(sha256):
            checkpoint.in_flight[started] = sha256
        elif type(released) is int:
            checkpoint.in_flight.pop(released, None)
    for index in list(checkpoint.in_flight):
        if checkpoint.table.state(index) is not None:
            del checkpoint.in_flight[index]


def _object_of(line: bytes) -> dict[str, Any] | None:
    try:
        value = parse(line.decode())
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _is_hash(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None
