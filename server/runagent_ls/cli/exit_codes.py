"""Exit codes of `runagent-ls`, the same for every command."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell is told. `FINDINGS` also stands for an agent that failed."""

    OK = 0
    FINDINGS = 1
    WRONG_USE = 2
    NO_CONNECTION = 3
    NOT_ALLOWED = 4
    TIMED_OUT = 5
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class CommandError(Exception):
    """A command cannot go on: `message` says why, `advice` what to do next.

    The exit code is 2 (wrong use) unless another one is given.
    """

    def __init__(
        self, message: str, advice: str | None = None, code: ExitCode = ExitCode.WRONG_USE
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.code = code
