"""A worker's life: load the agent, say what it has, run what is asked, end."""

from __future__ import annotations

import json
import os
import platform
import sys
import threading
from types import ModuleType

from . import framing, prints, reports
from .channel import Channel, frames_from
from .failures import OwnFiles, error_of
from .importing import Importer
from .runs import AsyncCall, AsyncStream, Run, run_class, start_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main() -> None:
    incoming, outgoing = _take_descriptors()
    sys.modules["__main__"] = ModuleType("__main__")  # what a spawned child would import again
    channel = Channel(outgoing)
    prints.redirect(prints.Prints(channel))
    frames = frames_from(incoming)
    session = _Session(channel)
    kind, _, payload = next(frames)
    assert kind == framing.LOAD
    threading.Thread(
        target=session.listen, args=(frames,), name="runagent-reader", daemon=True
    ).start()
    session.load(json.loads(payload))
    session.loop_forever()


def _take_descriptors() -> tuple[int, int]:
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return incoming, outgoing


class _Session:
    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._targets: dict[str, Any] = {}
        self._running: dict[int, Run] = {}
        self._own = OwnFiles([])
        self._ending = False
        self._loop: Any = None
        self._loop_there = threading.Event()

    def load(self, message: dict[str, Any]) -> None:
        folder = message["folder"]
        importer = Importer(folder)
        self._own.roots.append(folder)
        found, first = [], None
        for entry in message["entrypoints"]:
            try:
                target = importer.resolve(entry["file"], entry["module"])
            except BaseException as failure:
                self._own.roots[1:] = importer.roots
                said = {**error_of(failure, self._own), "code": "SERVER_ERROR", "tag": entry["tag"]}
                first = first or said
                found.append(reports.failed(entry["tag"], said, exists=False))
            else:
                self._targets[entry["tag"]] = target
                found.append(reports.report(entry["tag"], target))
        self._own.roots[1:] = importer.roots
        about = {
            "python": platform.python_version(),
            "executable": sys.executable,
            "pid": os.getpid(),
            "entrypoints": found,
            "files": [],
        }
        if first is None:
            self._channel.tell(framing.READY, 0, about)
        else:
            self._channel.tell(framing.FAILED, 0, {**about, "failure": first})
            os._exit(1)

    def loop_forever(self) -> None:
        import asyncio

        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._loop_there.set()
        while True:
            try:
                self._loop.run_forever()
            except BaseException:
                sys.excepthook(*sys.exc_info())

    def listen(self, frames: Any) -> None:
        for kind, number, payload in frames:
            if kind == framing.RUN:
                self._start(number, json.loads(payload))
            elif kind == framing.SHUTDOWN:
                self._ending = True
                self._end_when_idle()
            elif kind == framing.PING:
                self._loop_there.wait()
                self._loop.call_soon_threadsafe(self._channel.send, framing.PONG, 0, b"{}")
        os._exit(0)

    def _start(self, number: int, message: dict[str, Any]) -> None:
        target = self._targets[message["tag"]]
        kind = run_class(target, message["streams"])
        run = kind(number, target, message, self._channel, own=self._own, ended=self._ended)
        self._running[number] = run
        if isinstance(run, (AsyncCall, AsyncStream)):
            import asyncio

            self._loop_there.wait()
            asyncio.run_coroutine_threadsafe(run.work(), self._loop)
        else:
            start_thread(run.work)  # type: ignore[attr-defined]

    def _ended(self, run: Run) -> None:
        self._running.pop(run.number, None)
        self._end_when_idle()

    def _end_when_idle(self) -> None:
        if self._ending and not self._running:
            self._channel.flush()
            os._exit(0)
