"""A Redis in a process of its own: the real one, and one of plain Python over TCP."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["fakeredis", "redis-server"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
LIMIT_S: Final = 60.0
_FAKE: Final = Path(__file__).parent / "agent_runtime" / "serve_fake_redis.py"


def why_not(kind: Kind) -> str | None:
    """Why this machine has none of the kind. `npm test` installs the program first."""
    if kind == "fakeredis" or shutil.which(kind):
        return None
    return "there is no program redis-server: on Debian `apt-get install redis-server`"


def _answers(path: Path) -> bool:
    """The file is there a moment before anybody listens."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


class RedisProcess:
    """One that runs until `end`; `url` is where."""

    def __init__(self, kind: Kind, folder: Path) -> None:
        if kind == "fakeredis":
            self.process = subprocess.Popen(
                [sys.executable, str(_FAKE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            assert self.process.stdout is not None
            self.url = f"redis://127.0.0.1:{int(self.process.stdout.readline())}"
            return
        path = folder / "redis.sock"
        options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)]
        self.process = subprocess.Popen(
            ["redis-server", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.url = f"unix://{path}"
        end = time.monotonic() + LIMIT_S
        while not _answers(path):
            assert time.monotonic() < end
            assert self.process.poll() is None
            time.sleep(0.01)

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
