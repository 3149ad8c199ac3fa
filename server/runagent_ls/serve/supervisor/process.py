"""One process of the agent's interpreter with pipes to it, the leader of its own group.

The process is gone for good when it has ended, its group was killed and what it had written
before was read: only then is it known which runs have ended.
"""

from __future__ import annotations

import asyncio
import codecs
import os
from pathlib import Path
from typing import Final, Protocol, cast

from runagent_ls.serve import worker
from runagent_ls.serve.plan import AgentPlan
from runagent_ls.serve.state import Failure, StartFailedError
from runagent_ls.serve.supervisor import environment, groups
from runagent_ls.serve.supervisor.frame_reader import NoFrameError

_PROGRAM: Final = str(Path(next(iter(worker.__path__))) / "__main__.py")
_DRAIN_S: Final = 0.5
"""For reading what an ended process has left in its pipes. A process that left the group may hold
them open for ever."""
_EXIT_S: Final = 1.0
"""Between the end of its pipe and the end of a process that ends by itself."""


class Owner(Protocol):
    """Whom a process tells what happens to it."""

    def bytes_arrived(self, data: bytes) -> None:
        """NoFrameError when they mean nothing; the process is killed then."""

    def stderr_arrived(self, text: str) -> None: ...

    def process_gone(self, returncode: int, pipe_closed: bool, garbage: bool) -> None:
        """`pipe_closed`: it closed its pipe while it went on; `garbage`: it wrote no frames."""


class WorkerProcess(asyncio.SubprocessProtocol):
    """A worker's process. Made by `spawn`."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._transport: asyncio.SubprocessTransport | None = None
        self._stdin: asyncio.WriteTransport | None = None
        self._open_pipes = {1, 2}
        self._exited = self._pipe_closed = self._garbage = self._gone = False
        self._deadline: asyncio.TimerHandle | None = None
        self.pid = 0

    @classmethod
    async def spawn(cls, plan: AgentPlan, owner: Owner) -> WorkerProcess:
        """StartFailedError when the interpreter does not run."""
        loop = asyncio.get_running_loop()
        process = cls(owner)
        try:
            await loop.subprocess_exec(
                lambda: process,
                str(plan.interpreter),
                _PROGRAM,
                env=environment.of_agent(os.environ),
                cwd=plan.folder,
                **groups.options(),
            )
        except (OSError, ValueError) as refused:
            raise StartFailedError(_not_started(plan, refused)) from refused
        return process

    def write(self, frame: bytes) -> None:
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.write(frame)

    def kill(self) -> None:
        """The whole group, at once."""
        if not self._gone:
            groups.kill(self.pid)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self._stdin = cast("asyncio.WriteTransport", self._transport.get_pipe_transport(0))
        self.pid = self._transport.get_pid()
        groups.give_up_first(self.pid)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if self._garbage:
            return
        if fd == 2:
            self._owner.stderr_arrived(self._decode(data))
            return
        try:
            self._owner.bytes_arrived(data)
        except NoFrameError:
            self._garbage = True
            self.kill()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._open_pipes.discard(fd)
        if self._exited and not self._open_pipes:
            self._finish()
        elif fd < 2 and not self._exited and self._deadline is None:
            self._deadline = asyncio.get_running_loop().call_later(_EXIT_S, self._end_closed)

    def process_exited(self) -> None:
        self._exited = True
        self.kill()  # what it has started must not outlive it
        if self._deadline is not None:
            self._deadline.cancel()
        if self._open_pipes:
            self._deadline = asyncio.get_running_loop().call_later(_DRAIN_S, self._finish)
        else:
            self._finish()

    def _end_closed(self) -> None:
        """It closed its pipe and goes on: nobody can speak to it any more."""
        self._pipe_closed = True
        self.kill()

    def _finish(self) -> None:
        if self._gone or self._transport is None:
            return
        self._gone = True
        if self._deadline is not None:
            self._deadline.cancel()
        returncode = self._transport.get_returncode()
        self._transport.close()
        self._owner.process_gone(returncode or 0, self._pipe_closed, self._garbage)


def _not_started(plan: AgentPlan, refused: Exception) -> Failure:
    if not plan.folder.is_dir():
        return Failure("NOT_FOUND", f"The agent's folder {plan.folder} does not exist.")
    return Failure(
        "INTERPRETER_ERROR",
        f"Python does not start at {plan.interpreter}: "
        f"{getattr(refused, 'strerror', None) or refused}",
        suggestion="Choose another Python interpreter for this agent.",
        exception=type(refused).__name__,
    )
