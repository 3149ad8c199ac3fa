"""The worker never outlives the front, and what the agent has started never outlives the worker.

The reader sees the end of its pipe, unless code that holds the interpreter's lock keeps it from
running. So a process that runs none of the agent's code watches the same pipe, and one that only
the worker holds: it ends the whole session when either closes. What has left the session is left
alone, since that is how a program says that it is to go on by itself.
"""

from __future__ import annotations

import os
import signal
import sys
from time import sleep

GRACE_S = 1.0
"""For a worker to end by itself when the front is gone."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_alarm: list[int] = []
"""A pipe to the watching process, where there is one: it acts when something is written, or when it
is closed."""


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
            # A child of this process would keep code from ending that waits for all its children.
            if os.fork() == 0:
                for each in (*others, writing, 0, 1, 2):
                    os.close(each)
                _watch(incoming, reading)
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    os.close(reading)
    _alarm.append(writing)


def _watch(incoming: int, alarm: int) -> None:
    import select

    from . import sessions

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    heard = select.poll()
    heard.register(alarm, select.POLLIN)
    heard.register(incoming, 0)
    if alarm not in [descriptor for descriptor, _ in heard.poll()]:
        heard.unregister(incoming)
        heard.poll(GRACE_S * 1000)
    session = os.getsid(0)
    if session == os.getpgid(0):
        sessions.end_members(session, spared=os.getpid())
    os.killpg(0, signal.SIGKILL)


def end_group() -> None:
    """Ends this process and all that it has started, unless that has left its session."""
    if _alarm:
        try:
            os.write(_alarm[0], b"\0")
        except OSError:
            pass  # the watching process is gone
        else:
            sleep(GRACE_S)
    if _leads():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _leads() -> bool:
    return sys.platform != "win32" and os.getpgid(0) == os.getpid()


def in_children(forked: Callable[[], None]) -> None:
    """`forked` is called in each process that the agent's code makes by forking this one."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget_alarm)
        os.register_at_fork(after_in_child=forked)


def _forget_alarm() -> None:
    while _alarm:
        os.close(_alarm.pop())
