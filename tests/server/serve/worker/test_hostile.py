"""Code that takes away what a worker stands on."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

import pytest

from worker_client import LIMIT_S, agent, entry

SOURCE = """
import asyncio, json, os, sys, time

def now(): return {"a": [1]}
async def later(): return {"a": [1]}
def fails(): raise ValueError("x")
def items(): yield {"a": [1]}

def replaces_json():
    for name in ("dumps", "loads"):
        setattr(json, name, None)
    return 1

def replaces_time():
    for name in ("time", "perf_counter", "sleep"):
        setattr(time, name, None)

def clears_everything():
    os.environ.clear()
    sys.path.clear()
    sys.modules.clear()

def loses_its_streams():
    sys.stdout.close()
    sys.stderr = None
    os.closerange(0, 3)

async def makes_no_tasks():
    asyncio.get_running_loop().set_task_factory(lambda loop, work, **more: None)

def waits_for_nobody():
    try:
        os.wait()
    except ChildProcessError:
        pass
"""
WAYS = re.findall(r"^(?:async )?def (\w+)\(\):$", SOURCE, re.MULTILINE)


@pytest.mark.parametrize("way", WAYS)
def test_a_worker_goes_on_without_what_the_agent_replaces(tmp_path: Path, way: str) -> None:
    stream = entry("items_stream", "items")
    with agent(tmp_path, SOURCE, "now", "later", "fails", stream, way) as running:
        for tag in ("later", way, "now", "later"):
            running.result(tag)
        assert running.error("fails")["message"] == "x"
        assert running.call("items_stream").message["chunks"] == 1
        assert running.stop() == 0


def test_descriptors_that_the_agent_closes_are_not_written_to(tmp_path: Path) -> None:
    source = """
import os

def closes():
    os.closerange(3, 256)
    kept = os.open("kept", os.O_WRONLY)
    return [os.dup(kept) for _ in range(20)]
"""
    # There before, since the process may be killed as soon as its descriptors are closed.
    (tmp_path / "kept").write_bytes(b"")
    with agent(tmp_path, source, "closes") as running:
        running.start("closes")
        assert running.process.wait(LIMIT_S) == -signal.SIGKILL
        assert (tmp_path / "kept").read_bytes() == b""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_worker_that_has_lost_its_event_loop_ends(tmp_path: Path) -> None:
    source = """
import os

def closes():
    for name in os.listdir("/proc/self/fd"):
        try:
            if "eventpoll" in os.readlink(f"/proc/self/fd/{name}"):
                os.close(int(name))
        except OSError:
            pass
    return 1

async def later():
    return 1
"""
    with agent(tmp_path, source, "closes", "later") as running:
        running.result("later")
        running.result("closes")
        running.start("later")
        running.process.wait(LIMIT_S)


SIMPLE = """
import asyncio

def now(a): return a
async def later(): await asyncio.sleep(0)
async def waits(): await asyncio.sleep(1000)
def spins():
    while True: pass
def items():
    yield 1
"""


@pytest.mark.parametrize("packages", [False, True])
def test_files_named_as_the_standard_library_break_nothing(tmp_path: Path, packages: bool) -> None:
    for name in sys.stdlib_module_names:
        file = tmp_path / name / "__init__.py" if packages else tmp_path / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text("raise RuntimeError('the agent does not import this')")
    stream = entry("items_stream", "items")
    with agent(tmp_path, SIMPLE, "now", "later", "waits", "spins", stream) as running:
        assert running.call("now", 1).kind == "RESULT"
        assert running.call("later").kind == "RESULT"
        assert running.error("now", 1, b=1)["problems"][0]["message"] == "no such parameter"
        assert running.call("items_stream").kind == "DONE"
        for tag in ("waits", "spins"):
            run = running.start(tag)
            running.tell("CANCEL", run, {})
            assert running.end_of(run).message["kind"] == "cancelled"
        assert running.stop() == 0


def test_a_module_may_have_a_name_of_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "turtle.py").write_text("WHO = 'the agent'")
    source = "import turtle\ndef who(): return turtle.WHO\n"
    with agent(tmp_path, source, "who") as running:
        assert "the agent" in running.result("who")
