"""A debugger that may attach, and runs that wait until one has; not for one that has left."""

from __future__ import annotations

import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_LOOK_S = 0.05


class NoDebuggerError(Exception):
    """debugpy is neither in the given folder nor in the agent's interpreter."""


class Debugger:
    """debugpy, listening in this process. `port` is where."""

    def __init__(self, debug: dict[str, Any]) -> None:
        """`debug` as in LOAD."""
        self._debugpy = _debugpy(debug["path"])
        self._debugpy.configure(subProcess=False)
        _spare_own_threads()
        _, self.port = self._debugpy.listen((debug["host"], debug["port"]))
        self._lock = threading.Lock()
        self._waiting: list[Callable[[], None]] = []
        self._was_attached = False

    def start(self, begin: Callable[[], None]) -> None:
        """`begin` is called when a debugger has attached, at once when one is or was there."""
        with self._lock:
            self._waiting.append(begin)
            first = len(self._waiting) == 1
        if first:
            threading.Thread(target=self._wait, name="runagent-debugger", daemon=True).start()
            _spare_own_threads()

    def forget(self, begin: Callable[[], None]) -> bool:
        """Whether it was still waiting; it is not called any more then."""
        with self._lock:
            waiting = begin in self._waiting
            if waiting:
                self._waiting.remove(begin)
            return waiting

    def _wait(self) -> None:
        pause = threading.Event()
        while not self._was_attached and not self._debugpy.is_client_connected():
            pause.wait(_LOOK_S)
        self._was_attached = True
        with self._lock:
            ready, self._waiting = self._waiting, []
        for begin in ready:
            begin()


def _spare_own_threads() -> None:
    """The threads that speak with the front are not shown, and go on while the agent is paused."""
    for thread in threading.enumerate():
        if thread.name.startswith("runagent-") and thread.name != "runagent-run":
            for mark in ("pydev_do_not_trace", "is_pydev_daemon_thread"):
                setattr(thread, mark, True)


def _debugpy(folder: str | None) -> Any:
    """The given folder is asked first, and stands last for all that is imported afterwards."""
    if folder is not None:
        sys.path.insert(0, folder)
    try:
        import debugpy
    except ImportError as missing:
        raise NoDebuggerError(
            "The debugger 'debugpy' was found neither in the editor nor in the agent's Python, "
            f"{sys.executable}: {missing}"
        ) from missing
    finally:
        if folder is not None:
            sys.path.remove(folder)
    return debugpy
