"""Limits that the system keeps for a worker."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from worker_client import LIMIT_S, agent, entry, worker

SOURCE = """
def takes(size):
    return len(bytearray(size))

def spins():
    while True:
        pass
"""
MEGABYTE = 1024 * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts data")
def test_a_huge_request_for_memory_is_an_error_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(SOURCE, "utf-8")
    with worker() as running:
        running.load(tmp_path, [entry("takes")], memory_bytes=256 * MEGABYTE)
        error = running.error("takes", 10_000 * MEGABYTE)
        assert (error["kind"], error["exception"]) == ("raised", "MemoryError")
        assert running.call("takes", 100 * MEGABYTE).kind == "RESULT"


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_processor_time_ends_the_worker(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(SOURCE, "utf-8")
    with worker() as running:
        running.load(tmp_path, [entry("spins")], cpu_s=1)
        running.start("spins")
        assert running.process.wait(LIMIT_S) == -signal.SIGXCPU


def test_without_limits_there_are_none(tmp_path: Path) -> None:
    with agent(tmp_path, SOURCE, "takes") as running:
        assert running.call("takes", 1000 * MEGABYTE).kind == "RESULT"
