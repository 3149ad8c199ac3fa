"""Stores of each kind in a folder of a test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Final, TypeAlias

from agent_runtime.persistence import FileStore, SqliteStore

TESTS: Final = Path(__file__).parent
AnyStore: TypeAlias = FileStore | SqliteStore
KINDS: Final = ("file", "sqlite")


def opened(kind: str, folder: Path) -> AnyStore:
    """A store of the kind in `folder`, as another process would open it."""
    if kind == "file":
        return FileStore(folder / "runtime", sync=False)
    return SqliteStore(folder / "runtime.sqlite", sync=False)


@contextmanager
def process(kind: str, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`store_process.py` with these arguments, killed at the end of the block."""
    paths = os.pathsep.join([str(TESTS.parent / "server"), str(TESTS)])
    command = [sys.executable, str(TESTS / "store_process.py"), kind, str(folder), *arguments]
    environment = {**os.environ, "PYTHONPATH": paths}
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=environment) as started:
        try:
            yield started
        finally:
            started.kill()
