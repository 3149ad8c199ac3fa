"""Drives a real worker process through its pipes, as the front does."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from runagent_ls.serve.worker import framing

WORKER: Final = Path(framing.__file__).with_name("__main__.py")
INTERPRETER: Final = Path(os.environ.get("WORKER_PYTHON", sys.executable))
"""Set WORKER_PYTHON to run the worker's tests with another CPython from 3.9 on."""
LIMIT_S: Final = 60.0
NO_LIMIT: Final = 1 << 40
_NAMES: Final = {
    value: name for name, value in vars(framing).items() if name.isupper() and type(value) is int
}


@dataclass(frozen=True)
class Said:
    """One frame of the worker. `kind` by name, `READY`."""

    kind: str
    run: int
    payload: bytes

    @property
    def message(self) -> Any:
        return json.loads(self.payload)

    @property
    def texts(self) -> list[str]:
        """The texts of a CHUNKS frame."""
        texts, at = [], 0
        while at < len(self.payload):
            (length,) = framing.LENGTH.unpack_from(self.payload, at)
            at += framing.LENGTH.size + length
            texts.append(self.payload[at - length : at].decode("utf-8"))
        return texts


def entry(
    tag: str, module: str | None = None, file: str = "main.py", **more: Any
) -> dict[str, Any]:
    """An entrypoint of LOAD; the object has the tag's name unless `module` says another."""
    return {"tag": tag, "file": file, "module": module or tag, "extractor": {}, **more}


def until(condition: Callable[[], bool]) -> None:
    """Asks again until it holds."""
    end = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


class Worker:
    """A worker process. Every wait ends with an AssertionError after LIMIT_S seconds."""

    def __init__(
        self, interpreter: Path, program: Path, environment: Mapping[str, str] | None
    ) -> None:
        self.process = subprocess.Popen(
            [interpreter, program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        self._received = bytearray()
        self.said: list[Said] = []
        """Everything so far, in order."""
        self._last_run = 0

    def load(self, folder: Path, entries: Sequence[Mapping[str, Any]], **more: Any) -> Said:
        """READY or FAILED."""
        message = {"debug": None, "memory_bytes": None, "cpu_s": None, **more}
        self.tell("LOAD", 0, {"folder": str(folder), "entrypoints": list(entries), **message})
        return self.next("READY", "FAILED")

    def tell(self, kind: str, run: int, message: Mapping[str, Any]) -> None:
        self.send(kind, run, json.dumps(message).encode("utf-8"))

    def send(self, kind: str, run: int, payload: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(framing.frame(getattr(framing, kind), run, payload))
        self.process.stdin.flush()

    def start(self, tag: str, *args: Any, credit: int | None = NO_LIMIT, **kwargs: Any) -> int:
        """Asks for a run; its number."""
        number = self.next_number()
        asked = {"id": f"id-{number}", "tag": tag, "args": args, "kwargs": kwargs}
        streams = tag.endswith("_stream")
        self.tell("RUN", number, {**asked, "streams": streams, "credit": credit})
        return number

    def next_number(self) -> int:
        self._last_run += 1
        return self._last_run

    def end_of(self, run: int) -> Said:
        """RESULT, DONE or ERROR."""
        return self.next("RESULT", "DONE", "ERROR", run=run)

    def call(self, tag: str, *args: Any, **kwargs: Any) -> Said:
        return self.end_of(self.start(tag, *args, **kwargs))

    def result(self, tag: str, *args: Any, **kwargs: Any) -> str:
        end = self.call(tag, *args, **kwargs)
        assert end.kind == "RESULT", end.payload
        return end.payload.decode("utf-8")

    def error(self, tag: str, *args: Any, **kwargs: Any) -> Any:
        end = self.call(tag, *args, **kwargs)
        assert end.kind == "ERROR", end
        return end.message

    def texts(self, run: int) -> list[str]:
        """WebSocket texts of a stream so far."""
        chunks = [said for said in self.said if (said.kind, said.run) == ("CHUNKS", run)]
        return [text for said in chunks for text in said.texts]

    def contents(self, run: int) -> list[str]:
        return [json.loads(text)["content"] for text in self.texts(run)]

    def logged(self, run: int, stream: str = "stdout") -> str:
        """What the run has printed so far."""
        logs = [said.message for said in self.said if (said.kind, said.run) == ("LOG", run)]
        return "".join(log["text"] for log in logs if log["stream"] == stream)

    def next(self, *kinds: str, run: int | None = None) -> Said:
        """The first frame of such a kind, of those that have not been returned yet."""
        for said in self.frames():
            if said.kind in kinds and run in {None, said.run}:
                return said
        raise AssertionError(f"the worker ended without {kinds}: {self.said}")

    def frames(self) -> Iterator[Said]:
        """Frames as they come, until the worker has closed the pipe."""
        until = time.monotonic() + LIMIT_S
        assert self.process.stdout is not None
        pipe = self.process.stdout.fileno()
        while True:
            while (said := self._whole_frame()) is not None:
                self.said.append(said)
                yield said
            readable, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
            assert readable, f"nothing for {LIMIT_S} s: {self.said}"
            data = os.read(pipe, 1 << 20)
            if not data:
                return
            self._received += data

    def _whole_frame(self) -> Said | None:
        if len(self._received) < framing.HEAD.size:
            return None
        length, kind, run = framing.HEAD.unpack_from(self._received)
        end = framing.HEAD.size + length
        if len(self._received) < end:
            return None
        payload = bytes(self._received[framing.HEAD.size : end])
        del self._received[:end]
        return Said(_NAMES[kind], run, payload)

    def stop(self) -> int:
        """Asks it to end; its exit code."""
        self.tell("SHUTDOWN", 0, {})
        list(self.frames())
        return self.process.wait(LIMIT_S)


@contextmanager
def worker(
    interpreter: Path = INTERPRETER,
    *,
    program: Path = WORKER,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Worker]:
    """A worker that nothing has been loaded into; it and all its children end with the block."""
    running = Worker(interpreter, program, environment)
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.process.pid, 9)
        running.process.wait(LIMIT_S)
        for pipe in (running.process.stdin, running.process.stdout, running.process.stderr):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()


@contextmanager
def agent(folder: Path, source: str, *entries: str | Mapping[str, Any]) -> Iterator[Worker]:
    """A worker that is ready to run the entrypoints of `source`; a name is tag and object."""
    (folder / "main.py").write_text(source, "utf-8")
    with worker() as running:
        wanted = [entry(each) if isinstance(each, str) else each for each in entries]
        ready = running.load(folder, wanted)
        assert ready.kind == "READY", ready.payload
        yield running
