"""The two pipes to the front, taken away from the agent's code before it can touch them.

What child processes and C code write to descriptor 1 is read and passed on. Descriptor 2 stays as
it is: the front reads it, so that the last words of a crash are not lost with the process.
"""

from __future__ import annotations

import os
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_OUT_OF_THE_WAY = 900
"""Code that closes all descriptors it can think of gets the lowest ones for its next files. They
must not be those that frames are still written to."""
_PIPE_BYTES = 1 << 20
"""C code may write while it holds the interpreter's lock; nobody can read then."""


def take() -> tuple[int, int]:
    """The descriptors of the pipes from and to the front; 0 and 1 are harmless afterwards."""
    incoming, outgoing = _moved(0), _moved(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    _enlarge(outgoing)
    return incoming, outgoing


def read_stdout(tell: Callable[[str], None]) -> None:
    """From now on `tell` gets what is written to descriptor 1."""
    reading, writing = os.pipe()
    _enlarge(writing)
    os.dup2(writing, 1)
    os.close(writing)
    arguments = (reading, tell)
    threading.Thread(target=_read, args=arguments, name="runagent-stdout", daemon=True).start()


def _read(descriptor: int, tell: Callable[[str], None]) -> None:
    import codecs

    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    while True:
        data = os.read(descriptor, 1 << 16)
        if not data:
            return
        text = decode(data)
        if text:
            tell(text)


def _moved(descriptor: int) -> int:
    if sys.platform != "win32":
        import fcntl

        try:
            return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY)
        except (OSError, ValueError):
            pass  # fewer are allowed
    return os.dup(descriptor)


def _enlarge(pipe: int) -> None:
    if sys.platform == "linux":
        import fcntl

        try:
            fcntl.fcntl(pipe, 1031, _PIPE_BYTES)  # F_SETPIPE_SZ; fcntl names it from 3.10 on
        except OSError:
            return  # it is only faster
