"""The control channel: events as JSON lines out, orders as JSON lines in."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from runagent_ls.serve.lifecycle.events import Event, Logged, LogLine, Ready, event_to_message

_BATCH_S: Final = 0.03
"""Lines of the log that come within this time travel together."""
_MOST_WAITING: Final = 20_000
"""Events that wait for a parent that does not read; of the log, further ones are dropped."""
_LAST_WRITE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Reload:
    """Load the agent again."""


@dataclass(frozen=True, slots=True)
class Changed:
    """These files were saved."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """End; runs may go on for `grace_s`, None leaves it to the limits."""

    grace_s: float | None = None


@dataclass(frozen=True, slots=True)
class TellStatus:
    """Send a status event."""


Order: TypeAlias = Reload | Changed | Stop | TellStatus


class EventWriter:
    """Shows events in a thread of its own, so that nobody waits for whoever reads them."""

    def __init__(self, show: Callable[[Event], None]) -> None:
        """`show` may block. When it raises OSError or ValueError, nobody is there any more."""
        self._show = show
        self._queue: queue.Queue[Event | None] = queue.Queue()
        self._dropped = 0
        self._thread = threading.Thread(target=self._write_all, name="events", daemon=True)
        self._thread.start()

    def __call__(self, event: Event) -> None:
        """Never blocks."""
        if isinstance(event, Logged) and self._queue.qsize() > _MOST_WAITING:
            self._dropped += len(event.lines)
            return
        self._queue.put(event)

    def close(self) -> bool:
        """Write what is left; False when nobody reads it, and the thread still holds the stream."""
        self._queue.put(None)
        self._thread.join(_LAST_WRITE_S)
        return not self._thread.is_alive()

    def _write_all(self) -> None:
        event = self._queue.get()
        while event is not None:
            following: Event | None = None
            if isinstance(event, Logged):
                event, following = self._collected(event)
            try:
                self._show(event)
            except (OSError, ValueError):
                return
            event = following or self._queue.get()

    def _collected(self, first: Logged) -> tuple[Logged, Event | None]:
        """Further lines that come soon, and what came behind them."""
        lines = [*first.lines]
        end = time.monotonic() + _BATCH_S
        following: Event | None = None
        ended = False
        while (left := end - time.monotonic()) > 0:
            try:
                event = self._queue.get(timeout=left)
            except queue.Empty:
                break
            if not isinstance(event, Logged):
                following, ended = event, event is None
                break
            lines += event.lines
        if ended:
            self._queue.put(None)
        return Logged((*_joined(lines), *self._note())), following

    def _note(self) -> tuple[LogLine, ...]:
        dropped, self._dropped = self._dropped, 0
        if not dropped:
            return ()
        text = f"({dropped} lines are not shown: they came faster than they were read)\n"
        return (LogLine(None, "stderr", text, int(time.time() * 1000)),)


def json_lines(stream: BinaryIO, *, with_token: bool) -> Callable[[Event], None]:
    """Shows events as JSON lines; the token is for a parent alone."""

    def show(event: Event) -> None:
        message = event_to_message(event)
        if isinstance(event, Ready) and not with_token:
            del message["token"]
        stream.write(json.dumps(message).encode() + b"\n")
        stream.flush()

    return show


def _joined(lines: list[LogLine]) -> list[LogLine]:
    """What was written in pieces becomes one piece again."""
    found: list[LogLine] = []
    for whose, pieces in itertools.groupby(lines, lambda line: (line.run_id, line.stream)):
        first, *others = pieces
        text = "".join([first.text, *(piece.text for piece in others)])
        found.append(LogLine(*whose, text, first.at_ms))
    return found


def read_orders(
    stream: BinaryIO, loop: asyncio.AbstractEventLoop, take: Callable[[Order], None]
) -> None:
    """Hand each order to `take` on the loop, from a thread; the end of the stream means stop."""

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            with contextlib.suppress(OSError, ValueError):
                for line in stream:
                    order = order_of(line)
                    if order is not None:
                        loop.call_soon_threadsafe(take, order)
            loop.call_soon_threadsafe(take, Stop())

    threading.Thread(target=read, name="orders", daemon=True).start()


def order_of(line: bytes) -> Order | None:
    """None for what is no order."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    match message.get("do"):
        case "reload":
            return Reload()
        case "changed":
            paths = message.get("paths")
            return Changed(tuple(map(_path, paths)) if isinstance(paths, list) else ())
        case "stop":
            grace = message.get("graceS")
            if isinstance(grace, int | float) and 0 <= grace < float("inf"):
                return Stop(float(grace))
            return Stop()
        case "status":
            return TellStatus()
        case _:
            return None


def _path(value: object) -> Path:
    return Path(value if isinstance(value, str) else "")
