"""Reading client code from the disk, file by file, without keeping any text."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path as FilePath
from typing import Final, NamedTuple, TypeAlias

from runagent_ls.project.clients.languages import may_call
from runagent_ls.project.file_source import RACY_NS
from runagent_ls.text.decoding import decode

MAX_BYTES: Final = 4 * 1024 * 1024
"""Larger files, which are made by programs, are not looked into."""

_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe without a writer must not be waited for; Windows must not translate line ends."""

Signature: TypeAlias = tuple[int, int, int]


class Look(NamedTuple):
    """What was seen of a file."""

    signature: Signature | None
    """Modification time, size and number on the disk; None when it may change unseen."""
    text: str | None
    """The text of a file that may call an agent; empty for every other; None: no such file."""


def look(path: FilePath, known: Signature | None) -> Look | None:
    """Read a file, unless it is as it was when its signature was `known`: then None."""
    try:
        # Opened before it is asked about, so that both are of the same file.
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError):
        return Look(None, None)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return Look(None, None)
        signature = (found.st_mtime_ns, found.st_size, found.st_ino)
        if signature == known:
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError:
        return Look(None, None)
    finally:
        os.close(descriptor)
    racy = time.time_ns() - found.st_mtime_ns < RACY_NS
    wanted = len(data) <= MAX_BYTES and may_call(data)
    text = decode(data, mark_allowed=True).text if wanted else ""
    return Look(None if racy else signature, text)
