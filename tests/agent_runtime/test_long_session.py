"""A session of 10,000 steps needs no more memory than one of 1,000, a fork of it little more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from long_session import SESSION
from stores import TESTS, opened

ROOM_KIB = 6 * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system tells of no memory")
@pytest.mark.parametrize(("kind", "steps"), [("file", 10_000), ("sqlite", 3_000)])
def test_memory_stays_flat(kind: str, steps: int, tmp_path: Path) -> None:
    paths = os.pathsep.join([str(TESTS.parent / "server"), str(TESTS)])
    said = subprocess.run(
        [sys.executable, str(TESTS / "long_session.py"), kind, str(tmp_path), str(steps)],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
        timeout=400,
        check=True,
    ).stdout
    *measured, peak = [int(line.split()[1]) for line in said.splitlines()]
    assert len(measured) == 10
    # the first thousand steps fill what is kept on purpose, like the end of the conversation
    assert measured[-1] - measured[3] < 1024
    # a fork is copied in parts
    assert peak - measured[-1] < ROOM_KIB
    fork, session = opened(kind, tmp_path).sessions()
    assert (session.id, session.steps, session.reason) == (SESSION, steps + 1, "answered")
    assert fork.forked_from == {"session": SESSION, "step": steps - 2}
    assert (fork.steps, fork.state) == (steps + 1, "ended")
