"""`runagent-ls` on a pseudo-terminal, read while it runs."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from run_cli import COMMAND, LIMIT_S, environment


class TerminalRun:
    """The command with both outputs on a terminal of so many columns; killed when it takes too
    long. `seen` is what stands there, line ends as `\\n`."""

    def __init__(
        self, arguments: Sequence[object], cwd: Path, env: Mapping[str, str], columns: int = 80
    ) -> None:
        variables = {**environment(), "TERM": "xterm", **env}
        del variables["COLUMNS"]
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env=variables,
        )
        os.close(theirs)
        self._watch = threading.Timer(LIMIT_S, self.process.kill)
        self._watch.start()
        self._data = b""

    def __enter__(self) -> TerminalRun:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watch.cancel()
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    @property
    def seen(self) -> str:
        return self._data.decode("utf-8", "replace").replace("\r\n", "\n")

    def wait_for(self, text: str) -> None:
        """Reads until `text` is seen; fails when the command ends before."""
        while text not in self.seen:
            assert self._read(), f"{text!r} is not in {self.seen!r}"

    def end(self) -> int:
        """Reads to the end; the exit code."""
        while self._read():
            pass
        return self.process.wait(LIMIT_S)

    def _read(self) -> bool:
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            return False
        self._data += data
        return bool(data)
