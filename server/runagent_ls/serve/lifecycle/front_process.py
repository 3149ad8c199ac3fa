"""The parent's side of a front process: start, events, what it is told, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Self

from runagent_ls.serve.lifecycle import launch
from runagent_ls.serve.lifecycle.events import (
    Event,
    Failed,
    Logged,
    LogLine,
    Ready,
    event_from_message,
)
from runagent_ls.serve.lifecycle.options import ServeOptions
from runagent_ls.serve.state import Failure, StartFailedError

LONGEST_LINE: Final = 64 * 1024 * 1024
START_LIMIT_S: Final = 120.0
"""Longer than the time an agent has for its imports."""
STOP_LIMIT_S: Final = 5.0
"""Besides the grace that a stop was given."""
_KEPT_LINES: Final = 40


class FrontProcess:
    """A running `runagent-ls serve --control`. Made by `start`.

    `on_event` is called on the event loop for each event, `on_end` once, with the exit code, when
    the process is gone, however it ended. The process ends with ours, also when that is killed.
    """

    def __init__(
        self,
        process: Process,
        on_event: Callable[[Event], None],
        on_end: Callable[[int], None] | None = None,
    ) -> None:
        self._process = process
        self._on_event = on_event
        self._on_end = on_end
        self._ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        # a failure that nobody waits for is known by its event
        self._ready.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._said: deque[str] = deque(maxlen=_KEPT_LINES)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._hear())]
        self._ended = asyncio.create_task(self._wait())

    @classmethod
    async def start(
        cls,
        options: ServeOptions,
        on_event: Callable[[Event], None],
        on_end: Callable[[int], None] | None = None,
    ) -> Self:
        """Start serving; returns at once. Raises StartFailedError when no process can be made."""
        words = launch.command(*options.to_arguments(), "--control")
        folder = options.path if options.path.is_dir() else options.path.parent
        try:
            process = await asyncio.create_subprocess_exec(
                *words,
                cwd=folder if folder.is_dir() else None,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=LONGEST_LINE,
                start_new_session=True,
            )
        except OSError as error:
            raise StartFailedError(
                Failure("INITIALIZATION_ERROR", f"The server cannot be started ({error}).")
            ) from error
        return cls(process, on_event, on_end)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._ended.done()

    async def wait_ready(self, limit_s: float = START_LIMIT_S) -> Ready:
        """Where the agent answers. Raises StartFailedError when it will not, or not in time."""
        try:
            async with asyncio.timeout(limit_s):
                return await asyncio.shield(self._ready)
        except TimeoutError:
            raise StartFailedError(
                Failure("TIMEOUT", f"The agent was not ready within {limit_s:g} s.")
            ) from None

    async def wait(self) -> int:
        """The exit code, once the process has ended."""
        return await asyncio.shield(self._ended)

    def reload(self) -> None:
        """Load the agent again; events tell how it went."""
        self._tell({"do": "reload"})

    def changed(self, paths: Sequence[Path]) -> None:
        """These files were saved; the server decides whether they are its agent's."""
        self._tell({"do": "changed", "paths": [str(path) for path in paths]})

    def ask_status(self) -> None:
        """Have a status event sent."""
        self._tell({"do": "status"})

    async def stop(self, grace_s: float | None = None) -> int:
        """Let runs end for `grace_s` (None: the server's own limit), then end everything.

        Returns the exit code. May be called again, without grace to end what still runs at once,
        and when the process is gone.
        """
        self._tell({"do": "stop", "graceS": grace_s})
        try:
            async with asyncio.timeout(STOP_LIMIT_S + (5.0 if grace_s is None else grace_s)):
                return await self.wait()
        except TimeoutError:
            self.kill()
            return await self.wait()

    def kill(self) -> None:
        """End the front at once; its worker ends with it."""
        if self.ended:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    def _tell(self, message: dict[str, object]) -> None:
        stdin = self._process.stdin
        if stdin is None or stdin.is_closing() or self.ended:
            return
        with contextlib.suppress(OSError, RuntimeError):
            stdin.write(json.dumps(message).encode() + b"\n")

    async def _listen(self) -> None:
        """Events, one a line. What is none was printed by something that should not have."""
        stdout = self._process.stdout
        while stdout is not None:
            try:
                line = await stdout.readline()
            except ValueError:
                continue  # longer than any event; dropped
            if not line:
                return
            try:
                event = event_from_message(json.loads(line))
            except ValueError:
                self._said.append(line.decode("utf-8", "replace").rstrip())
                continue
            if event is not None:
                self._take(event)

    def _take(self, event: Event) -> None:
        if isinstance(event, Ready) and not self._ready.done():
            self._ready.set_result(event)
        elif isinstance(event, Failed) and not self._ready.done():
            self._ready.set_exception(StartFailedError(event.failure))
        self._on_event(event)

    async def _hear(self) -> None:
        stderr = self._process.stderr
        while stderr is not None:
            try:
                line = await stderr.readline()
            except ValueError:
                continue
            if not line:
                return
            text = line.decode("utf-8", "replace")
            self._said.append(text.rstrip())
            # what the agent prints comes as events; this is about the server itself
            told = LogLine(None, "stderr", text, int(time.time() * 1000))
            self._on_event(Logged((told,)))

    async def _wait(self) -> int:
        code = await self._process.wait()
        # whoever inherited the pipes may hold them open for ever
        _, late = await asyncio.wait(self._tasks, timeout=1.0)
        for task in late:
            task.cancel()
        if not self._ready.done():
            self._ready.set_exception(StartFailedError(self._died(code)))
        if self._on_end is not None:
            self._on_end(code)
        return code

    def _died(self, code: int) -> Failure:
        said = "\n".join(self._said).strip()
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return Failure(
            "SERVER_ERROR",
            f"The server ended {how} before it was ready." + (f"\n{said}" if said else ""),
            exit_code=code,
        )
