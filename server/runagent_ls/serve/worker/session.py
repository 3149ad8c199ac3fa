"""A worker's life: load the agent, say what it has, run what is asked, end."""

from __future__ import annotations

import faulthandler
import inspect
import os
import sys
import threading
from contextlib import suppress
from json import loads
from types import ModuleType

from . import attribution, bytecode, descriptors, ending, framing, limits, prints
from .channel import Channel, frames_from
from .event_loop import EventLoop
from .failures import OwnFiles, error_of, name_of, text_of
from .loading import Agent
from .provided import is_lent, provide
from .runs import AsyncCall, Call, Run, Worker
from .streams import AsyncStream, AwaitedStream, Stream
from .threads import Threads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .debugging import Debugger


def main() -> None:
    """Talks on descriptors 0 and 1 until the other side is gone or says that it is enough."""
    incoming, outgoing = descriptors.take()
    ending.watch_over_group(incoming, (outgoing,))
    faulthandler.enable(file=2)
    sys.argv = ["runagent"]
    sys.modules["__main__"] = ModuleType("__main__")  # a spawned child would import ours again
    channel = Channel(outgoing)
    told = prints.Prints(channel)
    prints.redirect(told)
    descriptors.read_stdout(lambda text: told.write(0, "stdout", text))
    attribution.of_threads()

    def forked() -> None:
        told.forked = True
        channel.abandon()
        os.close(incoming)

    ending.in_children(forked)
    Session(channel, told).live(incoming)


class Session:
    """What the front asks of one worker."""

    def __init__(self, channel: Channel, told: prints.Prints) -> None:
        self._channel = channel
        self._own = OwnFiles([])
        self._loop = EventLoop()
        self._worker = Worker(
            channel, told, self._loop, Threads(), own=self._own, ended=self._ended
        )
        self._agent = Agent("", self._own)
        self._debugger: Debugger | None = None
        self._running: dict[int, Run] = {}
        self._retired = False
        self._lock = threading.Lock()

    def live(self, incoming: int) -> None:
        frames = frames_from(incoming)
        kind, _, payload = next(frames, (0, 0, b""))
        if kind != framing.LOAD:
            ending.end_group()
        threading.Thread(
            target=self._listen, args=(frames,), name="runagent-reader", daemon=True
        ).start()
        self._load(loads(payload))
        attribution.of_pools()  # the front knows that the agent is ready: now there is time
        self._loop.run()
        self._leave()

    # Starting

    def _load(self, message: dict[str, Any]) -> None:
        folder = message["folder"]
        self._own.roots.append(folder)
        os.chdir(folder)
        limits.keep(message["memory_bytes"], message["cpu_s"])
        self._agent = Agent(folder, self._own)
        failure = self._debug(message["debug"])
        if failure is None:
            provide(message.get("provided", {}))
            bytecode.distrust_recent()
            self._agent.lay_over(message.get("environment", {}))
            self._agent.load(message["entrypoints"])
            failure = self._agent.failure
        about: dict[str, object] = {
            "python": sys.version.split()[0],
            "executable": sys.executable,
            "pid": os.getpid(),
            "entrypoints": self._agent.reports,
            "files": self._agent.new_files(),
            "lent": is_lent(),
        }
        if failure is None:
            self._channel.tell(framing.READY, 0, about)
            return
        self._channel.tell(framing.FAILED, 0, {**about, "failure": failure})
        self._leave(1)

    def _debug(self, debug: dict[str, Any] | None) -> dict[str, object] | None:
        """Why there is no debugger, though there should be."""
        if debug is None:
            return None
        from .debugging import Debugger

        try:
            self._debugger = Debugger(debug)
        except Exception as refused:
            return {
                "code": "DEBUGGER_FAILED",
                "message": text_of(refused),
                "suggestion": None,
                "exception": name_of(refused),
                "tag": None,
                "frames": [],
            }
        self._channel.tell(framing.DEBUG, 0, {"port": self._debugger.port})
        return None

    # What the front says

    def _listen(self, frames: Iterable[tuple[int, int, bytes]]) -> None:
        try:
            for kind, number, payload in frames:
                self._hear(kind, number, payload)
        finally:
            ending.end_group()  # also when the agent's code has closed the pipe: nobody hears now

    def _hear(self, kind: int, number: int, payload: bytes) -> None:
        if kind == framing.RUN:
            self._start_or_refuse(number, payload)
        elif kind == framing.CREDIT:
            run = self._running.get(number)
            if isinstance(run, (Stream, AsyncStream)):
                run.grant(loads(payload)["bytes"])
        elif kind == framing.CANCEL:
            self._cancel(number)
        elif kind == framing.SHUTDOWN:
            self._retire()
        elif kind == framing.PING:
            self._loop.soon(self._channel.send, framing.PONG, 0, b"{}")

    def _start_or_refuse(self, number: int, payload: bytes) -> None:
        """The reader has to go on, whatever stands in the way of one run: arguments nested too
        deeply, no more threads."""
        try:
            self._start(number, loads(payload))
        except Exception as refused:
            self._running.pop(number, None)
            self._channel.tell(framing.ERROR, number, error_of(refused, self._own))

    def _start(self, number: int, message: dict[str, Any]) -> None:
        entrypoint = self._agent.entrypoints[message["tag"]]
        kind = _kind_of_run(entrypoint.target, message["streams"])
        run = kind(self._worker, number, entrypoint, message)
        self._running[number] = run
        if self._debugger is None:
            run.start()
        else:
            self._debugger.start(run.start)

    def _cancel(self, number: int) -> None:
        run = self._running.get(number)
        if run is None:
            return
        run.cancel()
        if self._debugger is not None and self._debugger.forget(run.start):
            run.start()  # which says that it was cancelled

    def _ended(self, run: Run) -> None:
        """In the run's own thread."""
        files = self._agent.new_files()
        if files:
            self._channel.tell(framing.FILES, 0, {"files": files})
        with self._lock:
            del self._running[run.number]
            last = self._retired and not self._running
        if last:
            self._loop.stop()

    def _retire(self) -> None:
        with self._lock:
            self._retired = True
            idle = not self._running
        if idle:
            self._loop.stop()

    # Ending

    def _leave(self, code: int = 0) -> None:
        """Lets the agent clean up as at the end of any program, then ends. Threads that the agent
        has left running are not waited for."""
        import atexit

        with suppress(BaseException):
            atexit._run_exitfuncs()
        self._channel.flush()
        os._exit(code)


def _kind_of_run(target: Any, streams: bool) -> type[Run]:
    if not streams:
        return AsyncCall if inspect.iscoroutinefunction(target) else Call
    if inspect.isasyncgenfunction(target):
        return AsyncStream
    return AwaitedStream if inspect.iscoroutinefunction(target) else Stream
