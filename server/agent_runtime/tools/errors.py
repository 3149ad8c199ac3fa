"""What can be wrong with a tool, and whether trying again may help."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, Final

from agent_runtime.orchestrator.breaker import CircuitOpenError
from agent_runtime.orchestrator.guard import BackpressureShed

if TYPE_CHECKING:
    from collections.abc import Iterator

_NETWORK: Final = frozenset(
    {
        errno.EAGAIN,
        errno.EHOSTUNREACH,
        errno.EMFILE,
        errno.ENETDOWN,
        errno.ENETRESET,
        errno.ENETUNREACH,
        errno.ENFILE,
        errno.ENOBUFS,
        errno.ETIMEDOUT,
    }
)
"""Errors of the system that pass by themselves."""
_MOST_CAUSES: Final = 20


class ToolError(Exception):
    """Raised by a tool that says what is wrong; the model reads the message.

    `transient`: the same call may work later. Then it counts for the tool's circuit breaker.
    """

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


class ToolDefinitionError(TypeError):
    """A function cannot be a tool as it is. The message names it, the reason and what to do."""


def is_transient(error: BaseException, also: tuple[type[BaseException], ...] = ()) -> bool:
    """Whether what failed with `error` may work later.

    True for timeouts, connections that broke or were not made, an open circuit, a guard that shed
    the call, whatever is of a type in `also` or says `transient = True` of itself; and for what
    was raised because of one of these, as libraries for HTTP do.
    """
    for one in _causes(error):
        says = getattr(one, "transient", None)
        if isinstance(says, bool):
            return says
        if isinstance(one, (*also, TimeoutError, ConnectionError, CircuitOpenError)):
            return True
        if isinstance(one, BackpressureShed | socket.gaierror):
            return True
        if isinstance(one, OSError) and one.errno in _NETWORK:
            return True
    return False


def text_of(error: BaseException) -> str:
    """What the error says, or its type when that is nothing: its own code may be broken, too."""
    try:
        message = str(error).strip()
    except Exception:  # noqa: BLE001 - it runs code of its own
        message = ""
    return message or type(error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised because of, or holds as its first argument: libraries for
    HTTP do either."""
    left = [error]
    for _ in range(_MOST_CAUSES):
        if not left:
            return
        current = left.pop(0)
        yield current
        held = current.args[0] if current.args else None
        group = current.exceptions if isinstance(current, BaseExceptionGroup) else ()
        left += [one for one in (current.__cause__, held) if isinstance(one, BaseException)]
        left += group
