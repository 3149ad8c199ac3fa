"""Why a worker's process ended, in words."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from runagent_ls.serve.state import Failure, Frame
from runagent_ls.serve.supervisor.crashes import without_dump
from runagent_ls.serve.supervisor.runs import RunFailedError

Cause: TypeAlias = Literal["exit", "pipe-closed", "garbage", "memory", "stuck", "ended"]
"""`exit`: by itself. `pipe-closed` and `garbage`: what it is spoken to through was closed or
written into. `memory`: it used too much. `stuck`: a run would not stop. `ended`: we wanted it."""

_LAST_LINES: Final = 12
_SIGNALS = {
    "SIGSEGV": "it used memory that is not its own, which compiled code does when it has a fault",
    "SIGBUS": "it used memory that is not its own, which compiled code does when it has a fault",
    "SIGABRT": "it aborted itself, which compiled code does when it has found a fault",
    "SIGKILL": "memory ran out, somebody killed it, or its code closed files that it had not "
    "opened",
    "SIGXCPU": "it used more processor time than it may",
}


@dataclass(frozen=True, slots=True)
class Death:
    """`returncode` is negative for a signal; `written` is what was written last to stderr, and
    `frames` where compiled code brought the process down."""

    cause: Cause
    returncode: int = 0
    memory_bytes: int | None = None
    written: str = ""
    frames: tuple[Frame, ...] = ()

    @property
    def message(self) -> str:
        match self.cause:
            case "memory":
                limit = (self.memory_bytes or 0) // (1024 * 1024)
                return f"The agent was ended because it used more than {limit} MB of memory."
            case "pipe-closed":
                return (
                    "The agent's process was ended: its code closed a file that it had not opened, "
                    "through which results are sent."
                )
            case "garbage":
                return (
                    "The agent's process was ended: its code wrote into a file that it had not "
                    "opened, through which results are sent."
                )
            case "stuck":
                return "The agent's process was ended because another run in it would not stop."
            case "ended":
                return "The agent was stopped."
            case "exit":
                return self._exit()

    def _exit(self) -> str:
        if self.returncode >= 0:
            return f"The agent's process ended with exit code {self.returncode}."
        try:
            name = signal.Signals(-self.returncode).name
        except ValueError:
            return f"The agent's process was ended by signal {-self.returncode}."
        meaning = _SIGNALS.get(name)
        return f"The agent's process was ended by {name}" + (f": {meaning}." if meaning else ".")

    def run_error(self) -> RunFailedError:
        """What a run is told that went on in it."""
        kind = {"memory": "memory", "ended": "cancelled"}.get(self.cause, "died")
        match kind:
            case "memory":
                return RunFailedError("memory", self.message)
            case "cancelled":
                return RunFailedError("cancelled", self.message)
            case _:
                return RunFailedError("died", self.message, frames=self.frames)

    @property
    def last_lines(self) -> str:
        """What was written last, without the stacks of a crash."""
        return "\n".join(without_dump(self.written).strip().splitlines()[-_LAST_LINES:])

    def failure(self) -> Failure:
        """Why nothing answers any more."""
        return Failure(
            "MEMORY_LIMIT" if self.cause == "memory" else "PROCESS_ENDED",
            "\n".join(filter(None, (self.message, self.last_lines))),
            suggestion="Raise the memory limit, or let the agent hold less at once."
            if self.cause == "memory"
            else "Look at the log for what it wrote last, and restart it.",
            frames=self.frames,
            exit_code=self.returncode,
        )
