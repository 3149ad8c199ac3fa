"""Threads that the agent's code starts belong to the run that starts them.

Only the number of the run travels, not the other context variables: libraries keep things in those
that two threads must not share.
"""

from __future__ import annotations

import threading

from .prints import current_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from typing import Any


def of_threads() -> None:
    """From now on each `threading.Thread` prints as the run that started it."""
    start = threading.Thread.start

    def attributed_start(self: threading.Thread) -> None:
        number = current_run.get()
        if number:
            inner = self.run

            def run() -> None:
                del self.__dict__["run"]
                current_run.set(number)
                inner()

            self.run = run  # type: ignore[method-assign]
        start(self)

    threading.Thread.start = attributed_start  # type: ignore[method-assign]


def of_pools() -> None:
    """Work in a thread pool prints as the run that submits it, not as the one that happened to be
    the first to need the thread."""
    from concurrent.futures.thread import ThreadPoolExecutor

    submit = ThreadPoolExecutor.submit

    def attributed_submit(
        self: ThreadPoolExecutor, function: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        number = current_run.get()

        def work(*args: Any, **kwargs: Any) -> Any:
            token = current_run.set(number)
            try:
                return function(*args, **kwargs)
            finally:
                current_run.reset(token)

        return submit(self, work, *args, **kwargs)

    ThreadPoolExecutor.submit = attributed_submit  # type: ignore[method-assign,assignment]
