"""Stopping Python code in the middle, from another thread."""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Interrupted(BaseException):
    """The run was cancelled. No Exception, so that only what catches everything catches it."""


class Section:
    """A part of one thread's work that may be interrupted; nothing after it ever is.

    The writing of frames must lie outside: half a frame would end the conversation.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: int | None = None

    def perform(self, work: Callable[[], Any]) -> tuple[Any, BaseException | None]:
        """What `work` returns, or what it raises."""
        value: Any = None
        failure: BaseException | None = Interrupted()
        try:
            try:
                self.enter()
                value = work()
                failure = None
            except BaseException as raised:
                failure = raised
            self.leave()
        except Interrupted:
            # It came when the work had just ended; at most one is on its way.
            self.leave()
        return value, failure

    def enter(self) -> None:
        self._thread = threading.get_ident()

    def leave(self) -> None:
        with self._lock:
            self._thread = None
        for _ in range(4):
            pass  # each turn lets one arrive that was sent before

    def interrupt(self) -> None:
        """Raises Interrupted in the work, as soon as it runs Python code."""
        try:
            import ctypes
        except ImportError:
            return  # an interpreter without it: the front ends the process
        with self._lock:
            if self._thread is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread), ctypes.py_object(Interrupted)
                )
