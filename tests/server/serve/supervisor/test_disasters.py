"""What an agent's code can do to its process: nothing of it reaches the others or outlives it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from runagent_ls.serve.plan import Limits
from runagent_ls.serve.state import Frame, StartFailedError
from runagent_ls.serve.supervisor import RunFailedError
from supervised_agent import LIMIT_S, MARK, Agent, Served, supervised, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")

SOURCE = """
import asyncio, ctypes, fcntl, os, re, signal, subprocess, sys, threading, time

held = threading.Event()

def greet(name="you"):
    return f"hi {name}"

def hold():
    held.wait(60)
    return "held"

def let_go():
    held.set()

def leave_hard(code):
    print("so long", file=sys.stderr, flush=True)
    os._exit(code)

def segfault():
    ctypes.string_at(0)

def abort():
    os.abort()

def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL)

async def block_the_loop():
    while True:
        pass

async def block_the_loop_deeper():
    while True:
        try:
            time.sleep(600)
        except BaseException:
            pass

async def wait_long():
    await asyncio.sleep(600)

def sleep_in_c():
    time.sleep(600)

def hold_everything():
    open("begun", "w").close()
    re.match(r"(a+)+$", "a" * 60 + "b")

def refuse_to_end():
    open("begun", "w").close()
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

def eat(megabytes):
    eaten = []
    for _ in range(megabytes):
        eaten.append(b"x" * 1024 * 1024)
    return len(eaten)

def eat_in_a_child():
    subprocess.run([sys.executable, "-c", "a = [b'x' * 1024 * 1024 for _ in range(10000)]"])
    return "the child is gone"

def fork_children(own_group=False):
    children = [subprocess.Popen(["sleep", "600"]).pid]
    if not (forked := os.fork()):
        time.sleep(600)
        os._exit(0)
    children.append(forked)
    group = 0 if own_group else None
    children.append(subprocess.Popen(["sleep", "600"], process_group=group).pid)
    return children

def fork_and_return():
    if not os.fork():
        return "child"
    return "parent"

def close_all_files():
    os.closerange(3, 1024)
    time.sleep(600)

def write_everywhere(garbage):
    for descriptor in range(3, 1024):
        try:
            os.set_blocking(descriptor, False)
            os.write(descriptor, garbage.encode("latin-1") * 100)
        except OSError:
            pass
    time.sleep(600)

def close_its_input():
    for name in os.listdir("/proc/self/fd"):
        try:
            if int(name) > 2 and "pipe" in os.readlink("/proc/self/fd/" + name):
                os.close(int(name))
        except OSError:
            pass
    time.sleep(600)

def turn_deaf():
    for name in os.listdir("/proc/self/fd"):
        try:
            descriptor, target = int(name), os.readlink("/proc/self/fd/" + name)
            reads = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
            if descriptor > 2 and "pipe" in target and reads:
                os.close(descriptor)
        except OSError:
            pass

def flood(gate):
    line = "x" * 1000
    count = 0
    while not os.path.exists(gate):
        print(line)
        os.write(1, line.encode())
        count += 1
    return count

def large(megabytes):
    return "x" * (megabytes * 1024 * 1024)

def busy_stream():
    yield 1
    while True:
        pass
"""
TAGS = tuple(
    line.split("(")[0].split()[-1]
    for line in SOURCE.splitlines()
    if line.startswith(("def", "asy"))
)
HANGS = "was not imported within 0.5 seconds."
QUICK = Limits(cancel_s=0.3, stop_s=1.0)


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path, SOURCE, TAGS)


async def is_well(served: Served) -> None:
    """It answers and has one worker."""
    assert "hi you" in await served.call("greet")
    await until(lambda: (served.status.state, served.status.running) == ("ready", 0))


async def has_begun(agent: Agent) -> None:
    """The function runs: until then a worker that has just been asked can still take it back."""
    await until((agent.folder / "begun").exists)


@pytest.mark.parametrize(
    ("tag", "args", "words"),
    [
        ("leave_hard", (7,), "ended with exit code 7."),
        ("leave_hard", (0,), "ended with exit code 0."),
        ("segfault", (), "ended by SIGSEGV"),
        ("abort", (), "ended by SIGABRT"),
        ("kill_itself", (), "ended by SIGKILL"),
    ],
)
async def test_its_process_dies(agent: Agent, tag: str, args: tuple[int], words: str) -> None:
    async with supervised(agent) as served:
        pid = served.status.worker_pid
        other = asyncio.create_task(served.failure("hold"))
        await until(lambda: served.status.running == 1)
        error = await served.failure(tag, *args)
        assert (error.kind, words in error.message) == ("died", True), error.message
        assert (await other).kind == "died"
        await is_well(served)
        assert served.status.worker_pid != pid
        assert served.heard.states == ["starting", "ready", "starting", "ready"]


async def test_a_crash_says_where(agent: Agent) -> None:
    line = SOURCE.splitlines().index("    ctypes.string_at(0)") + 1
    async with supervised(agent) as served:
        other = asyncio.create_task(served.failure("sleep_in_c"))
        await until(lambda: served.status.running == 1)
        error = await served.failure("segfault")
        expected = Frame(agent.folder / "main.py", line, "segfault", "ctypes.string_at(0)")
        assert error.frames == (expected,)
        assert (await other).frames == (expected,)
        assert (await served.failure("leave_hard", 1)).frames == ()


async def test_dying_in_runs_is_no_reason_to_give_up(agent: Agent) -> None:
    async with supervised(agent) as served:
        for _ in range(5):
            assert (await served.failure("leave_hard", 1)).kind == "died"
        await is_well(served)


async def test_a_stream_hears_of_the_death(agent: Agent) -> None:
    async with supervised(agent) as served:
        async with served.supervisor.stream(served.run("busy_stream")) as stream:
            assert len(await anext(stream)) == 1
            os.kill(served.status.worker_pid or 0, signal.SIGKILL)
            with pytest.raises(RunFailedError, match="SIGKILL"):
                await anext(stream)
        await is_well(served)


@pytest.mark.parametrize(
    "tag",
    [
        "block_the_loop",
        "block_the_loop_deeper",
        "sleep_in_c",
        "hold_everything",
        "refuse_to_end",
    ],
)
async def test_a_run_that_would_not_end(agent: Agent, tag: str) -> None:
    limits = Limits(run_s=3.0, cancel_s=0.3, stop_s=0.5)
    async with supervised(agent, limits) as served:
        alone = len(agent.processes())
        assert (await served.failure(tag)).kind == "timeout"
        await until(lambda: served.status.running == 0)
        await is_well(served)
        await until(lambda: len(agent.processes()) == alone)


async def test_cancelling_what_would_not_end(agent: Agent) -> None:
    async with supervised(agent, QUICK) as served:
        run = served.run("refuse_to_end")
        failed = asyncio.create_task(served.output(run))
        await has_begun(agent)
        assert await served.supervisor.cancel(run.id)
        with pytest.raises(RunFailedError, match="cancelled"):
            await failed
        await is_well(served)


async def test_a_worker_that_is_only_busy_answers_until_the_next_one_does(agent: Agent) -> None:
    async with supervised(agent, QUICK) as served:
        old = served.status.worker_pid
        agent.write("import time\ntime.sleep(600)")
        run = served.run("refuse_to_end")
        failed = asyncio.create_task(served.output(run))
        await has_begun(agent)
        failed.cancel()
        await until(lambda: served.status.state == "reloading")
        assert "hi you" in await served.call("greet")
        assert (served.status.state, served.status.worker_pid) == ("reloading", old)
        agent.write(SOURCE)
        await served.reload()
        await is_well(served)


async def test_a_worker_that_was_blocked_for_a_while_answers_again(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    source = f"""
    import asyncio, os, time

    def greet():
        return "hi you"

    async def block():
        open("begun", "w").close()
        while not os.path.exists({str(gate)!r}):
            try:
                time.sleep(0.01)
            except BaseException:
                pass
        while True:
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                pass
    """
    agent = Agent(tmp_path, source, ("greet", "block"))
    async with supervised(agent, Limits(cancel_s=0.05, start_s=600)) as served:
        old = served.status.worker_pid
        agent.write("import time\ntime.sleep(600)")
        asked = asyncio.create_task(served.output(served.run("block")))
        await has_begun(agent)
        asked.cancel()
        await until(lambda: served.status.state == "reloading")
        greeting = asyncio.create_task(served.call("greet"))
        # so long that the old one was seen not to answer in time
        done, _ = await asyncio.wait({greeting}, timeout=1)
        assert not done
        gate.touch()
        assert "hi you" in await greeting
        assert (served.status.state, served.status.worker_pid) == ("reloading", old)


async def test_others_finish_beside_what_would_not_end(agent: Agent) -> None:
    # time enough for an answer of the old one, which tells that others in it can go on
    async with supervised(agent, Limits(cancel_s=3.0)) as served:
        old, alone = served.status.worker_pid or 0, len(agent.processes())
        other = asyncio.create_task(served.call("hold"))
        run = served.run("refuse_to_end")
        failed = asyncio.create_task(served.output(run))
        await has_begun(agent)
        assert served.status.running == 2
        failed.cancel()
        await until(lambda: served.status.worker_pid != old)
        assert "hi you" in await served.call("greet")
        assert served.status.running == 1
        assert old in agent.processes()
        other.cancel()
        await until(lambda: len(agent.processes()) == alone)
        assert old not in agent.processes()
        await until(lambda: served.status.running == 0)


async def test_those_who_cannot_finish_beside_it_are_told(agent: Agent) -> None:
    async with supervised(agent, QUICK) as served:
        other = asyncio.create_task(served.failure("wait_long"))
        blocking = asyncio.create_task(served.output(served.run("hold_everything")))
        await has_begun(agent)
        assert served.status.running == 2
        blocking.cancel()
        error = await other
        assert (error.kind, "another run in it would not stop" in error.message) == ("died", True)
        await is_well(served)


async def test_its_memory_is_limited(agent: Agent) -> None:
    limits = Limits(memory_bytes=200 * 1024 * 1024)
    async with supervised(agent, limits) as served:
        assert "20" in await served.call("eat", 20)
        error = await served.failure("eat", 10_000)
        assert error.kind == "memory" or error.exception == "MemoryError"
        await is_well(served)


async def test_memory_of_its_children_counts(agent: Agent) -> None:
    limits = Limits(memory_bytes=200 * 1024 * 1024)
    async with supervised(agent, limits) as served:
        alone = len(agent.processes())
        error = await served.failure("eat_in_a_child")
        assert error.kind == "memory"
        assert error.message == "The agent was ended because it used more than 200 MB of memory."
        await is_well(served)
        assert len(agent.processes()) == alone


async def test_its_children_end_with_it(agent: Agent) -> None:
    async with supervised(agent) as served:
        alone = len(agent.processes())
        await served.call("fork_children", own_group=True)
        # one that has just been started has its environment a moment later
        await until(lambda: len(agent.processes()) == alone + 3)
        await served.failure("leave_hard", 1)
        await is_well(served)
        await until(lambda: len(agent.processes()) == alone)
        await served.call("fork_children", own_group=True)
    await until(lambda: not agent.processes())


async def test_a_forked_copy_confuses_nobody(agent: Agent) -> None:
    async with supervised(agent, Limits(run_s=5.0)) as served:
        for _ in range(3):
            try:
                assert "parent" in await served.call("fork_and_return")
            except RunFailedError as error:
                assert error.kind == "died"
        await is_well(served)


@pytest.mark.parametrize("tag", ["close_all_files", "close_its_input"])
async def test_it_closes_what_it_is_spoken_to_through(agent: Agent, tag: str) -> None:
    async with supervised(agent) as served:
        assert (await served.failure(tag)).kind == "died"
        await is_well(served)


async def test_it_closes_its_ear_only(agent: Agent) -> None:
    async with supervised(agent) as served:
        deaf = served.status.worker_pid

        async def call_until_it_is_replaced() -> None:
            """What it waits to hear when the file is closed still arrives, nothing after it."""
            while served.status.worker_pid == deaf:
                with suppress(RunFailedError):
                    await served.call("turn_deaf")

        await asyncio.wait_for(call_until_it_is_replaced(), LIMIT_S)
        await is_well(served)


@pytest.mark.parametrize("garbage", ["hello\n", "\0", "A", "\xff", "\0\0\0\1\x44\0\0\0\1"])
async def test_it_writes_garbage_into_every_file(agent: Agent, garbage: str) -> None:
    async with supervised(agent, Limits(run_s=3.0, cancel_s=0.3)) as served:
        error = await served.failure("write_everywhere", garbage)
        assert error.kind in {"died", "timeout", "raised"}
        await until(lambda: served.status.running == 0)
        await is_well(served)


async def test_a_flood_of_prints_drowns_nobody(agent: Agent) -> None:
    gate = agent.folder / "gate"
    async with supervised(agent) as served:
        flooding = asyncio.create_task(served.call("flood", str(gate)))
        await until(lambda: "too fast to be shown" in served.heard.text("stderr"))
        for _ in range(20):
            await served.call("greet")
        assert not flooding.done()
        gate.touch()
        written = 2000 * json.loads(json.loads(await flooding)["payload"])
        told = sum(len(text) for _, _, text in served.heard.logs)
        assert told < written / 2


async def test_an_output_of_any_size_is_answered(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.serve.supervisor.worker_link.LONGEST", 4 * 1024 * 1024)
    async with supervised(agent) as served:
        assert len(await served.call("large", 1)) > 1024 * 1024
        error = await served.failure("large", 30)
        assert (error.kind, error.message) == ("raised", "The output is too large: 30 MB.")
        await is_well(served)


# Starting


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os\nos._exit(5)", "ended with exit code 5."),
        (
            "import ctypes\nctypes.string_at(0)",
            "ended by SIGSEGV: it used memory that is not its own, which compiled code does when "
            "it has a fault.\nFatal Python error: Segmentation fault",
        ),
        ("import sys\nsys.exit(4)", "4"),
        ("raise ValueError('not today')", "not today"),
        ("def greet(:", "invalid syntax (main.py, line 1)"),
        ("import time\ntime.sleep(600)", HANGS),
        ("while True: pass", HANGS),
        (
            "import os\nos.closerange(3, 1024)\nwhile True: pass",
            "closed files that it had not opened",
        ),
        ("import os, sys\nos.write(2, b'last words')\nos._exit(1)", "last words"),
    ],
)
async def test_it_does_not_start(tmp_path: Path, source: str, words: str) -> None:
    agent = Agent(tmp_path, source, ("greet",))
    limits = Limits(start_s=0.5 if words == HANGS else 30.0)
    async with supervised(agent, limits, start=False) as served:
        with pytest.raises(StartFailedError) as caught:
            await served.supervisor.start()
        failure = caught.value.failure
        assert words in failure.message
        assert (served.status.state, served.status.failure) == ("failed", failure)
        await until(lambda: not agent.processes())
        error = await served.failure("greet")
        assert (error.kind, error.message) == ("died", failure.message)


async def test_an_interpreter_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    deaf = tmp_path / "deaf"
    deaf.write_text("#!/bin/sh\nexec 1>&-\nsleep 600\n")
    deaf.chmod(0o755)
    for interpreter, words in (
        (tmp_path / "missing", "Python does not start at"),
        (tmp_path, "Python does not start at"),
        (tmp_path / "text", "Python does not start at"),
        (Path("/bin/true"), "ended with exit code 0"),
        (Path("/bin/cat"), "ended"),
        (deaf, "its code closed a file that it had not opened"),
    ):
        agent = Agent(tmp_path, SOURCE, TAGS, interpreter=interpreter)
        async with supervised(agent, start=False) as served:
            with pytest.raises(StartFailedError) as caught:
                await served.supervisor.start()
            assert words in caught.value.failure.message


async def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    agent = Agent(tmp_path / "gone", SOURCE, TAGS)
    shutil.rmtree(agent.folder)
    async with supervised(agent, start=False) as served:
        with pytest.raises(StartFailedError, match="gone does not exist"):
            await served.supervisor.start()


async def test_dying_again_and_again_is_a_failure(tmp_path: Path) -> None:
    dying = """
    import os, threading, time

    def greet():
        return "hi"

    def leave():
        while not os.path.exists(f"leave-{os.getpid()}"):
            time.sleep(0.01)
        os.write(2, b"the reason\\n")
        os._exit(9)

    threading.Thread(target=leave, daemon=True).start()
    """
    agent = Agent(tmp_path, dying, ("greet",))
    async with supervised(agent) as served:

        def has_failed() -> bool:
            """After each worker that takes runs has been told to die."""
            status = served.status
            if status.state == "ready":
                (tmp_path / f"leave-{status.worker_pid}").touch()
            return status.state == "failed"

        await until(has_failed)
        failure = served.status.failure
        assert failure is not None
        assert failure.exit_code == 9
        assert failure.message == "The agent's process ended with exit code 9.\nthe reason"
        assert len(served.heard.pids) == 3
        await until(lambda: not agent.processes())
        assert (await served.failure("greet")).message == failure.message
        agent.write("def greet(): return 'hi'")
        await served.reload()
        assert "hi" in await served.call("greet")


async def test_the_workers_end_when_the_supervisor_is_killed(agent: Agent) -> None:
    program = f"""
import asyncio, sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from runagent_ls.serve.plan import Limits
from runagent_ls.serve.supervisor import Supervisor
from supervised_agent import LIMIT_S, MARK, Agent, Heard, Run
agent = Agent(Path({str(agent.folder)!r}), Path({str(agent.folder / "main.py")!r}).read_text(),
              {TAGS!r})
async def main():
    supervisor = Supervisor(agent.plan(), Limits(), Heard())
    await supervisor.start()
    await supervisor.call(Run("1", "fork_children"))
    print("ready", flush=True)
    await supervisor.call(Run("2", "hold"))
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, MARK: agent.mark},
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"ready\n"
        # one that has just been started has its environment a moment later
        await until(lambda: len(agent.processes()) > 3)
    finally:
        process.kill()
        await process.wait()
    await until(lambda: agent.processes() == [])
