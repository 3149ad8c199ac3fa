"""The worker never outlives the front, and what the agent has started never outlives the worker.

The reader sees the end of its pipe, unless code that holds the interpreter's lock keeps it from
running. So a process that runs none of the agent's code watches the same pipe, and one that only
this process holds: it ends the whole group when either closes.
"""

from __future__ import annotations

import os
import signal
import sys

GRACE_S = 1.0
"""For a worker to end its group itself when the front is gone."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def watch_over_group(incoming: int, others: tuple[int, ...]) -> None:
    """Starts the watching process; before any thread, and before much is imported.

    `others` are descriptors that it must not hold open. Where this process leads no group, which
    is always so on Windows, whoever started it has other means.
    """
    if not _leads():
        return
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        return  # no more processes are allowed: the reader is left
    if child == 0:
        try:
            for each in (*others, writing, 0, 1, 2):
                os.close(each)
            _watch(incoming, reading)
        finally:
            os._exit(1)
    os.close(reading)


def _watch(incoming: int, worker: int) -> None:
    import select

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    closed = select.poll()
    closed.register(worker, 0)
    closed.register(incoming, 0)
    if worker not in [descriptor for descriptor, _ in closed.poll()]:
        closed.unregister(incoming)
        closed.poll(GRACE_S * 1000)
    os.killpg(0, signal.SIGKILL)


def end_group() -> None:
    """Ends this process and all that it has started, unless that has left its group."""
    if _leads():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _leads() -> bool:
    return sys.platform != "win32" and os.getpgid(0) == os.getpid()


def in_children(forked: Callable[[], None]) -> None:
    """`forked` is called in each process that the agent's code makes by forking this one."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forked)
