"""The address an agent is served at: the wanted port, or a free one and who has the wanted one."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runagent_ls.agents.targets.own_servers import announced
from runagent_ls.serve.lifecycle.exit_codes import WRONG_USE
from runagent_ls.serve.state import Failure, StartFailedError

FIRST_PORT: Final = 8450
"""From here up the platform looks for a free port, too."""
_TRIED: Final = 100
_BACKLOG: Final = 2048
_LISTENS: Final = "0A"
"""State of a listening socket in /proc/net/tcp."""


@dataclass(frozen=True, slots=True)
class Address:
    """A socket that listens. `taken`: what has the port that was wanted, when another was taken."""

    socket: socket.socket
    host: str
    port: int
    taken: str | None = None


def listen(host: str, port: int | None, avoided: Collection[int] = ()) -> Address:
    """Listen at `host`; at `port`, else, or when it is busy, at a free one not in `avoided`.

    Raises StartFailedError for a host that is not this machine's, or without a free port.
    """
    family, address = _resolved(host)
    taken = None
    if port is not None:
        found = _bound(family, address, port)
        if found is not None:
            return Address(found, host, port)
        taken = f"Port {port} is taken by {owner_of(port) or 'another program'}"
    candidates = [FIRST_PORT + at for at in range(_TRIED)]
    for candidate in [it for it in candidates if it not in avoided] + [0]:
        found = _bound(family, address, candidate)
        if found is not None:
            return Address(found, host, int(found.getsockname()[1]), taken)
    raise _failed(f"There is no free port at {host}.", None)


def owner_of(port: int) -> str | None:
    """Who listens at a port of this machine, None where that cannot be known."""
    pid = _listener(port)
    for server in announced():
        if server.port == port and pid in (None, server.pid):
            return f"our own server of agent {server.agent_id} (process {server.pid})"
    if pid is None:
        return None
    with contextlib.suppress(OSError, ValueError):
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
        return f"{name} (process {pid})"
    return f"process {pid}"


def _resolved(host: str) -> tuple[socket.AddressFamily, str]:
    wanted = "localhost" if host == "localhost" else host.strip("[]")
    try:
        found = socket.getaddrinfo(wanted, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise _failed(
            f"There is no host {host!r} to serve at.",
            "Leave --host out to serve for this machine alone, or give one of its addresses.",
        ) from None
    ordered = sorted(found, key=lambda it: it[0] is not socket.AF_INET)
    family, *_, address = ordered[0]
    return family, str(address[0])


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket | None:
    """None when the port is busy."""
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # the port of a server that has just ended
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(_BACKLOG)
        made.setblocking(False)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise _refused(error, address, port) from None
    return made


def _refused(error: OSError, address: str, port: int) -> StartFailedError:
    if error.errno == errno.EADDRNOTAVAIL:
        return _failed(
            f"{address} is no address of this machine.",
            "Leave --host out to serve for this machine alone.",
        )
    if error.errno == errno.EACCES:
        return _failed(
            f"Port {port} needs rights that this program does not have.",
            "Choose a port above 1023, or leave --port out.",
        )
    reason = os.strerror(error.errno) if error.errno else str(error)
    return _failed(f"Serving at {address}:{port} is not possible ({reason}).", None)


def _failed(message: str, suggestion: str | None) -> StartFailedError:
    return StartFailedError(
        Failure("INITIALIZATION_ERROR", message, suggestion, exit_code=WRONG_USE)
    )


def _listener(port: int) -> int | None:
    """The process that listens at a port, where the system tells: Linux, of our own user's."""
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    if not inodes:
        return None
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with contextlib.suppress(OSError):
            for link in folder.iterdir():
                if str(link.readlink()) in inodes:
                    return int(folder.parent.name)
    return None


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if int(fields[1].rpartition(":")[2], 16) == port and fields[3] == _LISTENS:
                    found.add(fields[9])
    return found
