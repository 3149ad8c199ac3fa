"""Telling a cancel that was meant for us from one that something we called is about."""

from __future__ import annotations

import asyncio
from typing import Final

END_S: Final = 10.0
"""So long the end of what was cancelled is awaited: a model of one's own may swallow a cancel."""


def cancels() -> int:
    """How often the current task was asked to end; more than before: it is to end now."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


class CancelWatch:
    """Knows whether the current task was asked to end since this was made."""

    def __init__(self) -> None:
        self._before = cancels()

    @property
    def is_cancelled(self) -> bool:
        """Also when a tool or a model has swallowed the cancel that was meant for all."""
        return cancels() > self._before

    def check(self) -> None:
        """Raises the cancel, if there was one."""
        if self.is_cancelled:
            raise asyncio.CancelledError
