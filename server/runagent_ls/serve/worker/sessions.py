"""Which processes belong to a session, as Linux tells. Elsewhere nobody does."""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = "/proc"


def processes() -> Iterator[tuple[int, list[str]]]:
    """Each process with the fields of its `stat` from the state on: state, parent, group,
    session, ..."""
    if sys.platform != "linux":
        return
    try:
        names = [each for each in os.listdir(_PROC) if each.isdigit()]
    except OSError:
        return
    for name in names:
        try:
            with open(f"{_PROC}/{name}/stat", "rb") as file:
                text = file.read().decode("utf-8", "replace")
        except OSError:
            continue
        yield int(name), text[text.rindex(")") + 2 :].split()


def members(session: int) -> Iterator[int]:
    """The living processes of a session, its leader included."""
    for pid, fields in processes():
        if int(fields[3]) == session and fields[0] not in {"Z", "X"}:
            yield pid


def end_members(session: int, spared: int | None = None) -> None:
    """Kills all of them but `spared`, in whatever group they are, until no new one is found."""
    seen = {spared}
    while True:
        found = [pid for pid in members(session) if pid not in seen]
        if not found:
            return
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        seen.update(found)
