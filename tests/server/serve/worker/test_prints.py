"""What the agent prints reaches the run that prints it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from worker_client import Worker, agent, entry

SOURCE = """
import asyncio, concurrent.futures, logging, os, subprocess, sys, threading, warnings

print("while importing")
logging.basicConfig(level=logging.INFO, format="%(message)s")
pool = concurrent.futures.ThreadPoolExecutor(1)

def says(text):
    print(text)
    print(text, file=sys.stderr)
    return 1

async def says_later(text):
    print(text)
    await asyncio.sleep(0)
    await asyncio.create_task(inner(text))
    await asyncio.to_thread(print, "thread", text)
    await asyncio.get_running_loop().run_in_executor(None, print, "executor", text)

async def inner(text):
    print("task", text)

def threads(text):
    inner = threading.Thread(target=print, args=("thread", text))
    inner.start()
    inner.join()
    timer = threading.Timer(0, lambda: print("timer", text))
    timer.start()
    timer.join()

class Own(threading.Thread):
    __slots__ = ()
    def run(self):
        print("own", threading.current_thread() is self, "run" in self.__dict__)

def own_thread():
    thread = Own()
    thread.start()
    thread.join()

def pooled(text):
    pool.submit(print, "pooled", text).result()

def logs(text):
    logging.info(text)

def items(text):
    for n in range(2):
        print(text, n)
        yield n

async def later_items(text):
    for n in range(2):
        print(text, n)
        yield n

def child(text):
    subprocess.run([sys.executable, "-c", f"print({text!r})"], check=True)

def child_to_sys_stdout(text):
    subprocess.run([sys.executable, "-c", f"print({text!r})"], stdout=sys.stdout, check=True)

def descriptor(text):
    os.write(1, text.encode())

def flood(count):
    for _ in range(count):
        print("x" * 100)
    return count

def odd_text():
    print("\\ud800 \\x00 ü", end="")
    sys.stdout.buffer.write(b"\\xff")
    sys.stdout.flush()

def asks():
    return [sys.stdin.read(), sys.stdout.encoding, sys.stdout.isatty(), sys.stdout.writable()]

def reconfigures():
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
    print("after", file=sys.__stdout__)

def input_asked():
    return input("name? ")

def late(text):
    thread = threading.Thread(target=lambda: (release.wait(), print(text)))
    thread.start()
    return 1

release = threading.Event()

def lets_go():
    release.set()
"""
TAGS = [
    *["says", "says_later", "threads", "own_thread", "pooled", "logs", "child", "descriptor"],
    *["child_to_sys_stdout", "flood", "odd_text", "asks", "reconfigures", "input_asked"],
    *["late", "lets_go"],
]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    streams = [entry("items_stream", "items"), entry("later_items_stream", "later_items")]
    with agent(tmp_path, SOURCE, *TAGS, *streams) as running:
        yield running


def prints(worker: Worker, tag: str, *args: object) -> str:
    run = worker.start(tag, *args)
    end = worker.end_of(run)
    assert end.kind in {"RESULT", "DONE"}, end
    return worker.logged(run)


def test_prints_while_importing_belong_to_no_run(worker: Worker) -> None:
    assert worker.logged(0) == "while importing\n"


def test_both_streams_arrive_before_the_result(worker: Worker) -> None:
    run = worker.start("says", "ü")
    worker.end_of(run)
    assert worker.logged(run) == "ü\n"
    assert worker.logged(run, "stderr") == "ü\n"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("says_later", "x\ntask x\nthread x\nexecutor x\n"),
        ("threads", "thread x\ntimer x\n"),
        ("pooled", "pooled x\n"),
        ("items_stream", "x 0\nx 1\n"),
        ("later_items_stream", "x 0\nx 1\n"),
    ],
)
def test_prints_belong_to_the_run(worker: Worker, tag: str, expected: str) -> None:
    assert prints(worker, tag, "x") == expected
    assert prints(worker, tag, "y") == expected.replace("x", "y").replace("eyecutor", "executor")


def test_a_thread_is_started_as_it_is(worker: Worker) -> None:
    assert prints(worker, "own_thread") == "own True False\n"


def test_logging_set_up_while_importing_belongs_to_the_run_that_logs(worker: Worker) -> None:
    run = worker.start("logs", "hello")
    worker.end_of(run)
    assert worker.logged(run, "stderr") == "hello\n"


def test_runs_side_by_side_do_not_mix(worker: Worker) -> None:
    runs = {worker.start(tag, f"<{n}>"): n for n in range(20) for tag in ("says", "says_later")}
    waiting = set(runs)
    while waiting:
        waiting.discard(worker.next("RESULT").run)
    for run, number in runs.items():
        lines = worker.logged(run).splitlines()
        assert lines
        assert all(line.endswith(f"<{number}>") for line in lines)


@pytest.mark.parametrize("tag", ["child", "child_to_sys_stdout", "descriptor"])
def test_what_other_code_writes_to_descriptor_1_is_told(worker: Worker, tag: str) -> None:
    run = worker.start(tag, "from outside")
    worker.end_of(run)
    while "from outside" not in worker.logged(0):
        worker.next("LOG", run=0)


def test_a_thread_that_outlives_its_run_still_prints_as_it(worker: Worker) -> None:
    run = worker.start("late", "late words")
    worker.end_of(run)
    worker.call("lets_go")
    while worker.logged(run) != "late words\n":
        worker.next("LOG", run=run)


def test_a_flood_of_prints_arrives_whole(worker: Worker) -> None:
    text = prints(worker, "flood", 20_000)
    assert len(text) == 20_000 * 101
    assert len([said for said in worker.said if said.kind == "LOG"]) < 10_000


def test_any_text_can_be_printed(worker: Worker) -> None:
    assert prints(worker, "odd_text") == "\\ud800 \x00 ü\ufffd"


def test_the_streams_are_what_code_expects(worker: Worker) -> None:
    assert worker.result("asks") == (
        '{"type": "array", "payload": "[\\"\\", \\"utf-8\\", false, true]"}'
    )
    assert prints(worker, "reconfigures") == "after\n"


def test_nobody_answers_a_question_on_stdin(worker: Worker) -> None:
    assert worker.error("input_asked")["exception"] == "EOFError"
