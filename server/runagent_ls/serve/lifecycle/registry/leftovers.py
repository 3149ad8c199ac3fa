"""What the registry said before servers that were killed: they could not put it back.

A server with a row in the registry keeps a file of its own as long as the row is its own. Whoever
registers the agent next finds the file, sees that its process is gone, and takes over what the row
was before. Blocks for the disk; never raises.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from runagent_ls.agents.targets.own_servers import state_folder
from runagent_ls.agents.targets.processes import is_running
from runagent_ls.agents.targets.registry import Registry

_FOLDER: Final = "registered"
_LARGEST: Final = 64 * 1024

Row = Mapping[str, object]


def keep(registry: Registry, agent_id: str, written: Row, before: Row) -> None:
    """This process has `written` into the row, which was `before`."""
    path = _path(registry, agent_id, os.getpid())
    with contextlib.suppress(OSError, ValueError, TypeError):
        content = json.dumps({"written": dict(written), "before": dict(before)})
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(content)


def forget(registry: Registry, agent_id: str) -> None:
    """The row of this process is as it was."""
    with contextlib.suppress(OSError):
        _path(registry, agent_id, os.getpid()).unlink(missing_ok=True)


def before_leftover(registry: Registry, agent_id: str, row: Row) -> Row | None:
    """What `row` was before a server of ours wrote it and was killed; None when none did.

    The files of all killed servers of the agent are removed.
    """
    found = None
    for path in _of_killed(registry, agent_id):
        with contextlib.suppress(OSError, ValueError, KeyError, AttributeError, RecursionError):
            with path.open("rb") as file:
                kept = json.loads(file.read(_LARGEST))
            if all(row.get(name, value) == value for name, value in kept["written"].items()):
                found = dict(kept["before"])
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    return found


def _of_killed(registry: Registry, agent_id: str) -> Iterator[Path]:
    name = _path(registry, agent_id, 0).name.removesuffix("0.json")
    with contextlib.suppress(OSError):
        for path in sorted(_path(registry, agent_id, 0).parent.glob(f"{name}*.json")):
            pid = path.stem.removeprefix(name)
            if pid.isascii() and pid.isdigit() and not is_running(int(pid)):
                yield path


def _path(registry: Registry, agent_id: str, pid: int) -> Path:
    row = f"{os.path.realpath(registry.path)}\n{agent_id}"
    name = hashlib.sha256(row.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return state_folder() / _FOLDER / f"{name}-{pid}.json"
