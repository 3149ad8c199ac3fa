"""Processes that the agent's code starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from worker_client import Worker, agent, entry, until

SOURCE = """
import multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor

def square(n):
    print("in the child", n, flush=True)
    return n * n

def process(method):
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    child = context.Process(target=put, args=(queue,))
    child.start()
    found = queue.get(timeout=20)
    child.join()
    return [found, child.exitcode]

def put(queue):
    queue.put(7)

def pool(method):
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as executor:
        return list(executor.map(square, range(3)))

def forks():
    child = os.fork()
    if child == 0:
        print("forked words")
        os._exit(3)
    _, status = os.waitpid(child, 0)
    return status >> 8

def waits_for_all():
    for code in range(3):
        if os.fork() == 0:
            os._exit(code)
    codes = []
    while True:
        try:
            codes.append(os.wait()[1] >> 8)
        except ChildProcessError:
            return sorted(codes)

def forks_and_works():
    if os.fork():
        yield "the parent's"
        return
    with open("written", "w") as file:
        kept = [os.dup(file.fileno()) for _ in range(20)]  # where the pipes have been
        for n in range(2000):
            yield "the child's"
    os.rename("written", "done")

def forks_and_returns():
    if os.fork() == 0:
        return "the child's"
    return "the parent's"

def forks_and_raises():
    if os.fork() == 0:
        raise ValueError("the child's")
    os.wait
    return "the parent's"

def now():
    return 1
"""
TAGS: list[str | dict[str, Any]] = [
    *["process", "pool", "forks", "waits_for_all", "forks_and_returns", "forks_and_raises", "now"],
    entry("forks_and_works_stream", "forks_and_works"),
]


def value(worker: Worker, tag: str, *args: str) -> object:
    return json.loads(json.loads(worker.result(tag, *args))["payload"])


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_works(tmp_path: Path, method: str) -> None:
    with agent(tmp_path, SOURCE, *TAGS) as worker:
        assert value(worker, "process", method) == [7, 0]
        assert value(worker, "pool", method) == [0, 1, 4]
        while worker.logged(0).count("in the child") < 3:
            worker.next("LOG", run=0)
        assert worker.stop() == 0


@pytest.mark.parametrize("tag", ["forks_and_returns", "forks_and_raises"])
def test_a_forked_child_says_nothing_in_the_workers_name(tmp_path: Path, tag: str) -> None:
    with agent(tmp_path, SOURCE, *TAGS) as worker:
        assert value(worker, tag) == "the parent's"
        assert value(worker, "now") == 1
        ends = [said for said in worker.said if said.kind in {"RESULT", "ERROR"}]
        assert len(ends) == 2


def test_a_forked_child_prints_to_the_front(tmp_path: Path) -> None:
    with agent(tmp_path, SOURCE, *TAGS) as worker:
        assert value(worker, "forks") == 3
        while "forked words\n" not in worker.logged(0):
            worker.next("LOG", run=0)


def test_code_that_waits_for_all_of_its_children_ends(tmp_path: Path) -> None:
    with agent(tmp_path, SOURCE, *TAGS) as worker:
        assert value(worker, "waits_for_all") == [0, 1, 2]


def test_a_forked_child_writes_into_no_file_in_the_workers_name(tmp_path: Path) -> None:
    with agent(tmp_path, SOURCE, *TAGS) as worker:
        assert worker.call("forks_and_works_stream").message["chunks"] == 1
        until((tmp_path / "done").exists)
        assert (tmp_path / "done").read_bytes() == b""
