"""Processes, memory, processor time and prints of a worker: measured, limited and explained."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runagent_ls.serve.plan import Limits
from runagent_ls.serve.supervisor import groups
from runagent_ls.serve.supervisor.deaths import Death
from runagent_ls.serve.supervisor.logs import Logs
from runagent_ls.serve.worker import sessions
from supervised_agent import Agent, supervised, until

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")
MEGABYTE = 1024 * 1024
FAMILY = """
import subprocess, sys, time
held = b"x" * 30_000_000
children = [subprocess.Popen(["sleep", "600"], process_group=group) for group in (None, 0)]
print(*(child.pid for child in children), flush=True)
time.sleep(600)
"""


@pytest.fixture
def family() -> Iterator[tuple[int, list[int]]]:
    """A leader that holds 30 MB, and its two children; one has left its group."""
    leader = subprocess.Popen(
        [sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, text=True, **groups.options()
    )
    try:
        assert leader.stdout is not None
        yield leader.pid, [int(pid) for pid in leader.stdout.readline().split()]
    finally:
        groups.kill(leader.pid)
        leader.wait(10)
        if leader.stdout is not None:
            leader.stdout.close()


@linux
async def test_a_group_is_all_of_a_session(family: tuple[int, list[int]]) -> None:
    leader, children = family
    assert sorted(sessions.members(leader)) == sorted([leader, *children])
    assert os.getpid() not in set(sessions.members(leader))


@linux
async def test_killing_a_group_reaches_those_who_left_it(family: tuple[int, list[int]]) -> None:
    leader, _ = family
    groups.kill(leader)
    await until(lambda: not list(sessions.members(leader)))
    groups.kill(leader)


@linux
def test_the_memory_of_a_group_is_that_of_all(family: tuple[int, list[int]]) -> None:
    leader, _ = family
    assert 30 * MEGABYTE < groups.memory_of(leader) < 200 * MEGABYTE
    assert 20 * MEGABYTE < groups.more_exact_memory_of(leader) <= groups.memory_of(leader)
    assert groups.memory_of(2**22 + 1) == 0


@linux
async def test_memory_that_forked_processes_share_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    exact = groups.more_exact_memory_of

    def look(leader: int) -> int:
        looked.append(leader)
        return exact(leader)

    monkeypatch.setattr(groups, "more_exact_memory_of", look)
    source = """
    import os, time
    held = b"x" * 60_000_000
    def fork(count):
        for _ in range(count):
            if not os.fork():
                time.sleep(600)
        return "forked"
    def greet():
        return "hi"
    """
    agent = Agent(tmp_path, source, ("fork", "greet"))
    async with supervised(agent, Limits(memory_bytes=200 * MEGABYTE)) as served:
        pid = served.status.worker_pid or 0
        await served.call("fork", 4)
        await until(lambda: len(looked) > 2)
        assert groups.memory_of(pid) > 200 * MEGABYTE
        assert "hi" in await served.call("greet")
        assert served.status.worker_pid == pid


@linux
async def test_when_memory_runs_out_workers_go_first(tmp_path: Path) -> None:
    async with supervised(Agent(tmp_path, "def greet(): ...", ("greet",))) as served:
        own = int(Path("/proc/self/oom_score_adj").read_text())
        worker = Path(f"/proc/{served.status.worker_pid}/oom_score_adj")
        assert int(worker.read_text()) > own


@linux
async def test_processor_time_is_limited(tmp_path: Path) -> None:
    source = "def spin():\n    while True: pass\ndef greet():\n    return 'hi'"
    agent = Agent(tmp_path, source, ("spin", "greet"))
    async with supervised(agent, Limits(cpu_s=1)) as served:
        error = await served.failure("spin")
        assert error.kind == "died"
        assert error.message == (
            "The agent's process was ended by SIGXCPU: it used more processor time than it may."
        )
        assert "hi" in await served.call("greet")


@pytest.mark.parametrize(
    ("returncode", "words"),
    [
        (0, "ended with exit code 0."),
        (-signal.SIGTERM, "ended by SIGTERM."),
        (-200, "ended by signal 200."),
    ],
)
def test_an_end_in_words(returncode: int, words: str) -> None:
    death = Death("exit", returncode, written="first\nthe last line\n")
    assert words in death.message
    failure = death.failure()
    assert (failure.exit_code, failure.message) == (
        returncode,
        death.message + "\nfirst\nthe last line",
    )


async def test_too_many_prints_are_counted_instead() -> None:
    told: list[tuple[str | None, str, str]] = []
    logs = Logs(lambda *text: told.append(text), most_a_second=10)
    logs.write("1", "stdout", "12345678")
    logs.write("1", "stdout", "90abc")
    logs.write("2", "stderr", "one\ntwo\n")
    assert told == [("1", "stdout", "12345678"), ("1", "stdout", "90")]
    assert logs.tail == "one\ntwo\n"
    await until(lambda: len(told) == 3)
    assert told[2] == (
        None,
        "stderr",
        "[11 characters more were written too fast to be shown]\n",
    )
    logs.write("3", "stdout", "again")
    logs.close()
    assert told[3:] == [("3", "stdout", "again")]
