"""A worker and all that it has started: as one group, ended and measured together.

On Unix a worker leads a session of its own. Its id names the process group, which one signal
reaches; on Linux `/proc` also names those that moved into another group of the session.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final, TypedDict

from runagent_ls.serve.worker import sessions

_PROC: Final = Path("/proc")
_OOM_SCORE: Final = "500"
"""Of 1000: when memory runs out the system takes a worker first, before server and editor."""


class GroupOptions(TypedDict, total=False):
    """What starting a process needs so that it leads a group."""

    start_new_session: bool
    creationflags: int


def options() -> GroupOptions:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def kill(leader: int) -> None:
    """Ends the leader and what it has started, at once. Nothing there is fine."""
    if sys.platform == "win32":
        command = ["taskkill", "/T", "/F", "/PID", str(leader)]
        subprocess.run(command, capture_output=True, check=False, timeout=10)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
    sessions.end_members(leader)


def memory_of(leader: int) -> int:
    """Bytes of memory that the whole group really occupies; 0 where it cannot be known.

    Resident memory counts what forked processes share once for each; only when that is too
    coarse (`more_exact_memory_of`) is the slower exact number worth its price.
    """
    page = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
    return sum(
        int(fields[21]) * page for _, fields in sessions.processes() if int(fields[3]) == leader
    )


def more_exact_memory_of(leader: int) -> int:
    """As `memory_of`, with each shared page counted once."""
    total = 0
    for pid in sessions.members(leader):
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_text("ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def give_up_first(pid: int) -> None:
    """Tells Linux whom to end when the machine is out of memory."""
    if sys.platform == "linux":
        try:
            (_PROC / str(pid) / "oom_score_adj").write_text(_OOM_SCORE, "ascii")
        except OSError:
            return  # gone already, or not ours to say
