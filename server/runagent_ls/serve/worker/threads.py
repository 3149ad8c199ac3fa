"""Threads for runs, used again when they are free."""

from __future__ import annotations

import threading
from contextvars import Context
from queue import SimpleQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_IDLE = 16


class Threads:
    """As many as there is work at once: the front limits how much that is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle = 0
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def start(self, work: Callable[[], None]) -> None:
        """`work` runs in a thread, with context variables of its own. It must not raise."""
        with self._lock:
            if self._idle:
                self._idle -= 1
                self._waiting.put(work)
                return
        threading.Thread(target=self._work, args=(work,), name="runagent-run", daemon=True).start()

    def _work(self, work: Callable[[], None]) -> None:
        while True:
            Context().run(work)
            del work  # and with it the arguments and the output
            with self._lock:
                if self._idle >= _MOST_IDLE:
                    return
                self._idle += 1
            work = self._waiting.get()
