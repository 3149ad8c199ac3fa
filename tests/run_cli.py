"""`runagent-ls` as people start it: another process, its streams captured."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

COMMAND: Final = (sys.executable, "-m", "runagent_ls.cli.main")
LIMIT_S: Final = 180.0
_SERVER: Final = Path(__file__).parents[1] / "server"


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


class Cli(Protocol):
    """Runs the command to its end; fails when a traceback is printed."""

    def __call__(
        self,
        *arguments: object,
        cwd: Path | None = None,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        encoding: str = "utf-8",
    ) -> Done: ...


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours, with the server on the path and a fixed width, without what changes the output.

    Runs are not recorded unless `extra` says where.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RUNAGENT_", "GITHUB_")) and name != "NO_COLOR"
    }
    fixed = {"PYTHONPATH": str(_SERVER), "COLUMNS": "100", "RUNAGENT_LS_HISTORY": "off"}
    return {**kept, **fixed, **(extra or {})}


def run_cli(
    arguments: tuple[object, ...],
    cwd: Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
) -> Done:
    """Run the command to its end in `cwd`, its streams in `encoding`."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=environment({"PYTHONIOENCODING": encoding, **(env or {})}),
        timeout=LIMIT_S,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode("utf-8", "replace")
    return Done(done.returncode, _text(done.stdout, encoding), _text(done.stderr, encoding))


def _text(data: bytes, encoding: str) -> str:
    return data.decode(encoding, "surrogateescape").replace("\r\n", "\n")
