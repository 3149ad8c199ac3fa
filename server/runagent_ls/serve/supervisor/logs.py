"""What a worker writes: passed on, but never so much that it drowns everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeAlias

OnText: TypeAlias = Callable[[str | None, str, str], None]
"""Run, stream and text."""

MOST_A_SECOND: Final = 1_000_000
"""Characters. More nobody reads, and passing it on would cost the runs their time."""
_TAIL: Final = 64_000
"""Characters. The stacks of many threads of a process that crashed fit in."""


class Logs:
    """Of one worker. `tail` is what it wrote last to stderr, to explain its end."""

    def __init__(self, on_text: OnText, most_a_second: int = MOST_A_SECOND) -> None:
        self._on_text = on_text
        self._most = most_a_second
        self._left = most_a_second
        self._dropped = 0
        self._window: asyncio.TimerHandle | None = None
        self.tail = ""

    def write(self, run: str | None, stream: str, text: str) -> None:
        if stream == "stderr":
            self.tail = (self.tail + text)[-_TAIL:]
        if self._window is None:
            self._window = asyncio.get_running_loop().call_later(1.0, self._renew)
        if self._left <= 0:
            self._dropped += len(text)
            return
        taken = text[: self._left]
        self._left -= len(taken)
        self._dropped += len(text) - len(taken)
        self._on_text(run, stream, taken)

    def close(self) -> None:
        """Says what was left out; nothing more is to be written."""
        if self._window is not None:
            self._window.cancel()
        self._renew()

    def _renew(self) -> None:
        self._window = None
        self._left = self._most
        if self._dropped:
            count, self._dropped = self._dropped, 0
            self._on_text(
                None, "stderr", f"[{count} characters more were written too fast to be shown]\n"
            )
