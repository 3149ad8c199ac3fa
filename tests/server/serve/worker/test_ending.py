"""A worker ends with the front, and what it has started with it, whatever it is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from worker_client import LIMIT_S, WORKER, agent, entry, until, worker

SOURCE = """
import asyncio, ctypes, os, pathlib, signal, subprocess, sys, threading, time

def spins(path):
    pathlib.Path(path).touch()
    while True:
        pass

async def blocks(path):
    spins(path)

def holds_lock(path):
    # A foreign function called without giving the interpreter's lock away.
    pathlib.Path(path).touch()
    ctypes.PyDLL(None).sleep(1000)

def threads(path):
    for _ in range(3):
        threading.Thread(target=spins, args=(path,)).start()

def ignores_signals(path):
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            signal.signal(number, signal.SIG_IGN)
        except ValueError:
            pass
    spins(path)

def starts_child(path):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    pathlib.Path(path).write_text(str(child.pid))
    child.wait()

def starts_family(path):
    # Each in a group of its own, the second one without a parent.
    children = [subprocess.Popen(["sleep", "600"], preexec_fn=os.setpgrp).pid]
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setpgid(0, 0)
        orphan = os.fork()
        if orphan == 0:
            time.sleep(600)
        os.write(writing, str(orphan).encode())
        os._exit(0)
    children.append(int(os.read(reading, 20)))
    pathlib.Path(path).write_text(" ".join(map(str, children)))
    time.sleep(600)

def starts_service(path):
    service = subprocess.Popen(["sleep", "600"], start_new_session=True)
    pathlib.Path(path).write_text(str(service.pid))

def idle(path):
    pathlib.Path(path).touch()

def crashes(path):
    ctypes.string_at(0)

def exits(path):
    os._exit(7)
"""
TAGS = [
    *["spins", "blocks", "holds_lock", "threads", "ignores_signals"],
    *["starts_child", "starts_family", "starts_service", "idle", "crashes", "exits"],
]


def members(session: int) -> list[int]:
    """Living processes of a session."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] not in {"Z", "X"}:
            found.append(int(process.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
@pytest.mark.parametrize(
    "tag", [tag for tag in TAGS if tag not in {"starts_service", "crashes", "exits"}]
)
def test_nothing_is_left_when_the_front_is_gone(tmp_path: Path, tag: str) -> None:
    with agent(tmp_path, SOURCE, *TAGS) as running:
        running.start(tag, str(tmp_path / "mark"))
        until((tmp_path / "mark").exists)
        if tag.startswith("starts"):
            until(lambda: bool((tmp_path / "mark").read_text()))
        session = running.process.pid
        assert members(session)
        assert running.process.stdin is not None
        running.process.stdin.close()
        until(lambda: running.process.poll() is not None)
        until(lambda: not members(session))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
@pytest.mark.parametrize("tag", ["starts_child", "starts_family"])
@pytest.mark.parametrize("way", ["crashes", "exits", "killed"])
def test_nothing_is_left_when_the_worker_is_gone(tmp_path: Path, way: str, tag: str) -> None:
    with agent(tmp_path, SOURCE, *TAGS) as running:
        session = running.process.pid
        running.start(tag, str(tmp_path / "mark"))
        until(lambda: (tmp_path / "mark").exists() and bool((tmp_path / "mark").read_text()))
        if way == "killed":
            running.process.kill()
        else:
            running.start(way, "")
        code = running.process.wait(LIMIT_S)
        assert code == {"crashes": -signal.SIGSEGV, "exits": 7, "killed": -signal.SIGKILL}[way]
        until(lambda: not members(session))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_a_service_with_a_session_of_its_own_goes_on(tmp_path: Path) -> None:
    with agent(tmp_path, SOURCE, *TAGS) as running:
        running.call("starts_service", str(tmp_path / "mark"))
        service = int((tmp_path / "mark").read_text())
        try:
            running.process.kill()
            until(lambda: not members(running.process.pid))
            assert members(service) == [service]
        finally:
            os.kill(service, signal.SIGKILL)


def test_a_crash_leaves_its_last_words(tmp_path: Path) -> None:
    with agent(tmp_path, SOURCE, *TAGS) as running:
        running.start("crashes", "")
        assert running.process.stderr is not None
        text = running.process.stderr.read().decode()
        assert "Segmentation fault" in text
        assert 'main.py", line' in text


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
@pytest.mark.parametrize("source", ["while True: pass", "import time; time.sleep(1000)"])
def test_an_endless_import_ends_as_well(tmp_path: Path, source: str) -> None:
    (tmp_path / "main.py").write_text(f"open('mark', 'w')\n{source}\n")
    with worker() as running:
        load = {"folder": str(tmp_path), "entrypoints": [entry("x")], "debug": None}
        running.tell("LOAD", 0, {**load, "memory_bytes": None, "cpu_s": None})
        until((tmp_path / "mark").exists)
        assert running.process.stdin is not None
        running.process.stdin.close()
        until(lambda: not members(running.process.pid))


def test_a_worker_whose_front_never_speaks_ends_with_it() -> None:
    with worker() as running:
        assert running.process.stdin is not None
        running.process.stdin.close()
        running.process.wait(LIMIT_S)


def test_the_group_of_others_is_left_alone(tmp_path: Path) -> None:
    # Started without a group of its own, by a process that has others in its group.
    outer = subprocess.Popen(
        [sys.executable, "-c", _STARTS_IN_ITS_OWN_GROUP, sys.executable, str(WORKER)],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, _ = outer.communicate(timeout=LIMIT_S)
        assert out == b"still here\n"
    finally:
        if outer.poll() is None:
            os.killpg(outer.pid, signal.SIGKILL)


_STARTS_IN_ITS_OWN_GROUP = """
import subprocess, sys
worker = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
worker.stdin.close()
worker.wait(20)
print("still here")
"""
