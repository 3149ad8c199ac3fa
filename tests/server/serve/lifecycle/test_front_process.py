"""The parent's side of a front, with real fronts and real workers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias, TypeVar

import pytest

from agent_folders import AGENT, MakeAgent
from runagent_ls.agents.call import Call
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.targets import own_servers
from runagent_ls.agents.targets.processes import is_running
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.agents.targets.resolving import resolve
from runagent_ls.agents.targets.target import Target
from runagent_ls.serve.lifecycle import launch
from runagent_ls.serve.lifecycle.events import (
    Event,
    Failed,
    Logged,
    Ready,
    RequirementsMissing,
    StatusChanged,
    Step,
)
from runagent_ls.serve.lifecycle.front_process import FrontProcess
from runagent_ls.serve.lifecycle.options import ServeOptions
from runagent_ls.serve.plan import DebugPlan, Limits
from runagent_ls.serve.state import StartFailedError, State, Status

LIMIT_S = 60.0
PYTHON = Path(sys.executable)
SLOW = """
import os, subprocess, sys, time

def greet(name='you'):
    print('greeting', name)
    return 'hello ' + name

def sleep(seconds=60):
    print('asleep')
    time.sleep(seconds)
    return 'awake'

def pids():
    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])
    return [os.getpid(), child.pid]
"""
ENTRYPOINTS = [
    {"file": "main.py", "module": name, "tag": name} for name in ("greet", "sleep", "pids")
]

Found = TypeVar("Found")


class Front:
    """A front process and all that it has told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.ends: list[int] = []
        self.process: FrontProcess
        self.ready: Ready

    async def until(self, wanted: Callable[[], Found | None]) -> Found:
        async with asyncio.timeout(LIMIT_S):
            while (found := wanted()) is None:
                await asyncio.sleep(0.01)
            return found

    async def status(self, *states: State) -> Status:
        """Wait until the newest status is one of these."""

        def newest() -> Status | None:
            told = [it.status for it in self.events if isinstance(it, StatusChanged)]
            return told[-1] if told and told[-1].state in states else None

        return await self.until(newest)

    @property
    def printed(self) -> str:
        batches = [it.lines for it in self.events if isinstance(it, Logged)]
        return "".join(line.text for lines in batches for line in lines)

    async def call(self, tag: str, *args: int | str) -> object:
        target = Target("127.0.0.1", self.ready.port, AGENT, "served", token=self.ready.token)
        async with AgentClient(target) as agent:
            return (await agent.run(Call(tag, args))).value


StartFront: TypeAlias = Callable[[ServeOptions], Awaitable[Front]]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNAGENT_LS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("RUNAGENT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
async def start() -> AsyncIterator[StartFront]:
    """Start a front and wait until it is ready."""
    started: list[Front] = []

    async def serve(options: ServeOptions) -> Front:
        front = Front()
        front.process = await FrontProcess.start(options, front.events.append, front.ends.append)
        started.append(front)
        front.ready = await front.process.wait_ready()
        return front

    yield serve
    for front in started:
        front.process.kill()
        await front.process.wait()


def options(folder: Path, **more: object) -> ServeOptions:
    return ServeOptions(folder, interpreter=PYTHON, **more)  # type: ignore[arg-type] # tests know


async def gone(*pids: int) -> bool:
    """Wait until no such process is left; ones that only wait for their parent count as gone."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        if not any(is_running(pid) and not _is_zombie(pid) for pid in pids):
            return True
        await asyncio.sleep(0.02)
    return False


def _is_zombie(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return False


async def test_a_front_tells_its_steps_and_answers(
    make_agent: MakeAgent, start: StartFront
) -> None:
    front = await start(options(make_agent({"main.py": SLOW}, ENTRYPOINTS)))
    steps = [it.step for it in front.events if isinstance(it, Step)]
    assert steps == ["loading", "importing", "ready"]
    status = await front.status("ready")
    assert [(it.tag, it.exists) for it in status.entrypoints] == [
        (name, True) for name in ("greet", "sleep", "pids")
    ]
    assert (front.ready.agent_id, front.ready.pid) == (AGENT, front.process.pid)
    assert await front.call("greet", "Ada") == "hello Ada"
    await front.until(lambda: "greeting Ada\n" in front.printed or None)


async def test_others_find_it_until_it_has_stopped(
    make_agent: MakeAgent, start: StartFront
) -> None:
    folder = make_agent()
    front = await start(options(folder))
    config = folder / "runagent.config.json"
    target = await resolve(AGENT, config_path=config)
    assert (target.port, target.source) == (front.ready.port, "served")
    assert await front.process.stop() == 0
    assert front.ends == [0]
    assert own_servers.announced() == []
    assert not Registry.of_environment().path.exists()
    with pytest.raises(AgentError):
        await resolve(AGENT, config_path=config)
    assert await front.process.stop() == 0


async def test_with_register_the_registry_knows_it_until_it_has_stopped(
    make_agent: MakeAgent, start: StartFront
) -> None:
    front = await start(options(make_agent(), register=True))
    assert front.ready.registered
    row = Registry.of_environment().find(AGENT)
    assert row is not None
    assert (row.host, row.port, row.status) == ("127.0.0.1", front.ready.port, "serving")
    assert await front.call("greet") == "hello you"

    def recorded() -> dict[str, object] | None:
        return next(iter(Registry.of_environment().invocations(AGENT, 10)), None)

    run = await front.until(recorded)  # an answer does not wait long for a slow disk
    assert (run["entrypoint_tag"], run["status"]) == ("greet", "completed")
    await front.process.stop()
    row = Registry.of_environment().find(AGENT)
    assert row is not None
    assert not row.was_served


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("def greet(:\n", "invalid syntax (main.py, line 1)", 1),
        ("x = 1\nraise RuntimeError('no key')\n", "no key", 2),
        ("import no_such_package_here\n", "No module named 'no_such_package_here'", 1),
    ],
)
async def test_a_start_that_fails_says_why_and_where(
    make_agent: MakeAgent, start: StartFront, source: str, message: str, line: int
) -> None:
    folder = make_agent({"main.py": source})
    events: list[Event] = []
    process = await FrontProcess.start(options(folder), events.append)
    with pytest.raises(StartFailedError) as caught:
        await process.wait_ready()
    failure = caught.value.failure
    assert failure.message == message
    assert (failure.frames[-1].file, failure.frames[-1].line) == (folder / "main.py", line)
    assert await process.wait() == 1
    assert isinstance(events[-1], Failed)
    assert own_servers.announced() == []


async def test_a_missing_entry_file_stands_at_its_entrypoint(make_agent: MakeAgent) -> None:
    folder = make_agent({})
    process = await FrontProcess.start(options(folder), lambda _: None)
    with pytest.raises(StartFailedError) as caught:
        await process.wait_ready()
    failure = caught.value.failure
    assert failure.message == f"Entry point file not found: {folder / 'main.py'}"
    assert failure.frames[-1].file == folder / "runagent.config.json"
    await process.wait()


async def test_the_exit_code_of_an_agent_that_exits_at_import_is_kept(
    make_agent: MakeAgent,
) -> None:
    folder = make_agent({"main.py": "import sys\nsys.exit(4)\n"})
    process = await FrontProcess.start(options(folder), lambda _: None)
    with pytest.raises(StartFailedError):
        await process.wait_ready()
    assert await process.wait() == 4


async def test_a_missing_package_comes_with_the_command_that_installs_it(
    make_agent: MakeAgent,
) -> None:
    events: list[Event] = []
    folder = make_agent({"main.py": "import no_such_package_here\n"})
    process = await FrontProcess.start(options(folder), events.append)
    with pytest.raises(StartFailedError) as caught:
        await process.wait_ready()
    command = (str(PYTHON), "-m", "pip", "install", "no-such-package-here")
    assert RequirementsMissing(("no-such-package-here",), command) in events
    assert " ".join(command) in (caught.value.failure.suggestion or "")
    await process.wait()


async def test_requirements_that_are_not_met_are_told_and_not_installed(
    make_agent: MakeAgent, start: StartFront
) -> None:
    files = {"main.py": SLOW, "requirements.txt": "pytest\nno-such-package-here>=2\n"}
    front = await start(options(make_agent(files, ENTRYPOINTS)))

    def told() -> RequirementsMissing | None:
        return next((it for it in front.events if isinstance(it, RequirementsMissing)), None)

    found = await front.until(told)
    assert found.missing == ("no-such-package-here>=2",)
    assert found.command[0] == str(PYTHON)
    assert await front.call("greet") == "hello you"


async def test_requirements_are_looked_at_again_when_they_have_changed(
    make_agent: MakeAgent, start: StartFront
) -> None:
    folder = make_agent({"main.py": SLOW, "requirements.txt": "pytest\n"}, ENTRYPOINTS)
    front = await start(options(folder, reload=True))

    def told(name: str) -> RequirementsMissing | None:
        missing = [it for it in front.events if isinstance(it, RequirementsMissing)]
        return next((it for it in missing if it.missing == (name,)), None)

    (folder / "requirements.txt").write_text("pytest\nno-such-package-here\n")
    await front.until(lambda: told("no-such-package-here"))
    (folder / "requirements.txt").write_text("pytest\n")
    (folder / "main.py").write_text("import no_such_module_here\n" + SLOW)
    found = await front.until(lambda: told("no-such-module-here"))
    assert found.command[-1] == "no-such-module-here"
    assert (await front.status("stale")).failure is not None


async def test_a_front_that_cannot_run_at_all_says_what_it_printed(
    make_agent: MakeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_agent()
    words = [sys.executable, "-c", "import sys; print('no event'); sys.exit('out of order')"]
    monkeypatch.setattr(launch, "command", lambda *_: words)
    process = await FrontProcess.start(options(folder), lambda _: None)
    with pytest.raises(StartFailedError) as caught:
        await process.wait_ready()
    assert "exit code 1" in caught.value.failure.message
    assert "out of order" in caught.value.failure.message
    monkeypatch.setattr(launch, "command", lambda *_: ["/no/such/program"])
    with pytest.raises(StartFailedError, match=r"cannot be started"):
        await FrontProcess.start(options(folder), lambda _: None)


def _is_step(event: Event, name: str) -> bool:
    return isinstance(event, Step) and event.step == name


async def test_a_start_has_a_limit_and_can_be_given_up(make_agent: MakeAgent) -> None:
    folder = make_agent({"main.py": "import time\ntime.sleep(600)\n"})
    front = Front()
    process = await FrontProcess.start(options(folder), front.events.append)
    # its agent is under way, so that it can hear of the stop
    await front.until(lambda: [it for it in front.events if _is_step(it, "importing")] or None)
    with pytest.raises(StartFailedError, match=r"not ready within 0\.5 s"):
        await process.wait_ready(0.5)
    assert await process.stop(0) == 0


async def test_runs_may_end_before_the_stop(make_agent: MakeAgent, start: StartFront) -> None:
    front = await start(options(make_agent({"main.py": SLOW}, ENTRYPOINTS)))
    running = asyncio.create_task(front.call("sleep", 1))
    await front.until(lambda: "asleep" in front.printed or None)
    assert await front.process.stop(20) == 0
    assert await running == "awake"


async def test_a_stop_can_be_hurried(make_agent: MakeAgent, start: StartFront) -> None:
    front = await start(options(make_agent({"main.py": SLOW}, ENTRYPOINTS)))
    running = asyncio.create_task(front.call("sleep", 600))
    await front.until(lambda: "asleep" in front.printed or None)
    stopping = asyncio.create_task(front.process.stop(600))
    await front.status("stopping")
    assert await front.process.stop(0) == await stopping == 0
    with pytest.raises(AgentError):
        await running


async def test_without_grace_runs_are_ended(make_agent: MakeAgent, start: StartFront) -> None:
    front = await start(options(make_agent({"main.py": SLOW}, ENTRYPOINTS)))
    running = asyncio.create_task(front.call("sleep", 600))
    await front.until(lambda: "asleep" in front.printed or None)
    assert await front.process.stop(0) == 0
    with pytest.raises(AgentError):
        await running


async def test_saving_a_typo_leaves_the_old_one_answering(
    make_agent: MakeAgent, start: StartFront
) -> None:
    folder = make_agent({"main.py": SLOW}, ENTRYPOINTS)
    front = await start(options(folder, reload=True))
    main = folder / "main.py"
    main.write_text(SLOW + "\ndef broken(:\n")
    front.process.changed([main])
    stale = await front.status("stale")
    assert stale.failure is not None
    assert (stale.failure.frames[-1].file, stale.failure.exception) == (main, "SyntaxError")
    assert await front.call("greet") == "hello you"
    main.write_text(SLOW.replace("hello", "good morning"))
    await front.status("ready")
    assert await front.call("greet") == "good morning you"


async def test_a_save_that_hangs_does_not_hold_up_the_next(
    make_agent: MakeAgent, start: StartFront
) -> None:
    folder = make_agent({"main.py": SLOW}, ENTRYPOINTS)
    front = await start(options(folder, reload=True))
    main = folder / "main.py"
    main.write_text("import time\ntime.sleep(600)\n" + SLOW)
    await front.status("reloading")
    main.write_text(SLOW.replace("hello", "good morning"))
    await front.status("ready")
    assert await front.call("greet") == "good morning you"


async def test_a_broken_configuration_leaves_the_old_one_answering(
    make_agent: MakeAgent, start: StartFront
) -> None:
    folder = make_agent({"main.py": SLOW}, ENTRYPOINTS)
    front = await start(options(folder, reload=True))
    config = folder / "runagent.config.json"
    text = config.read_text()
    config.write_text(text[:-3])
    stale = await front.status("stale")
    assert stale.failure is not None
    assert stale.failure.message.startswith(f"Invalid JSON format in {config}")
    assert await front.call("greet") == "hello you"
    config.write_text(text.replace('"tag": "greet"', '"tag": "hail"'))
    await front.status("ready")
    assert await front.call("hail") == "hello you"


async def test_without_reload_only_an_order_loads_again(
    make_agent: MakeAgent, start: StartFront
) -> None:
    folder = make_agent({"main.py": SLOW}, ENTRYPOINTS)
    front = await start(options(folder))
    old = (await front.status("ready")).worker_pid
    (folder / "main.py").write_text(SLOW.replace("hello", "good morning"))
    front.process.changed([folder / "main.py"])
    front.process.ask_status()
    assert await front.call("greet") == "hello you"
    front.process.reload()

    def replaced() -> bool:
        told = [it.status for it in front.events if isinstance(it, StatusChanged)]
        return (told[-1].state, told[-1].worker_pid == old) == ("ready", False)

    await front.until(lambda: replaced() or None)
    assert await front.call("greet") == "good morning you"


async def test_a_changed_agent_id_is_found_under_its_new_name(
    make_agent: MakeAgent, start: StartFront
) -> None:
    folder = make_agent()
    front = await start(options(folder, reload=True))
    config = folder / "runagent.config.json"
    config.write_text(config.read_text().replace(AGENT, "another-agent"))
    servers = await front.until(lambda: own_servers.find("another-agent") or None)
    assert (await resolve("another-agent")).port == servers[0].port
    assert own_servers.find(AGENT) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_signals_stop_it(make_agent: MakeAgent, start: StartFront, number: int) -> None:
    front = await start(options(make_agent()))
    os.kill(front.process.pid, number)
    assert await front.process.wait() == 0
    assert own_servers.announced() == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
async def test_a_second_signal_is_quick(make_agent: MakeAgent, start: StartFront) -> None:
    limits = Limits(stop_s=600)
    front = await start(options(make_agent({"main.py": SLOW}, ENTRYPOINTS), limits=limits))
    running = asyncio.create_task(front.call("sleep", 600))
    await front.until(lambda: "asleep" in front.printed or None)
    os.kill(front.process.pid, signal.SIGINT)
    await front.status("stopping")
    os.kill(front.process.pid, signal.SIGINT)
    assert await front.process.wait() == 130
    with pytest.raises(AgentError):
        await running


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes")
async def test_killing_it_leaves_no_process_behind(
    make_agent: MakeAgent, start: StartFront
) -> None:
    front = await start(options(make_agent({"main.py": SLOW}, ENTRYPOINTS)))
    worker = (await front.status("ready")).worker_pid
    assert worker is not None
    front.process.kill()
    assert await front.process.wait() == -signal.SIGKILL
    assert await gone(worker)
    assert own_servers.announced() == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes")
async def test_it_ends_with_a_parent_that_is_killed(make_agent: MakeAgent, tmp_path: Path) -> None:
    folder = make_agent({"main.py": SLOW}, ENTRYPOINTS)
    source = tmp_path / "parent.py"
    source.write_text(
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from runagent_ls.serve.lifecycle.front_process import FrontProcess\n"
        "from runagent_ls.serve.lifecycle.options import ServeOptions\n"
        "async def main():\n"
        "    options = ServeOptions(Path(sys.argv[1]), interpreter=Path(sys.executable))\n"
        "    front = await FrontProcess.start(options, lambda event: None)\n"
        "    ready = await front.wait_ready()\n"
        "    print(ready.pid, ready.port, flush=True)\n"
        "    await front.wait()\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        str(source),
        str(folder),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(launch.__file__).parents[3])},
    )
    try:
        assert parent.stdout is not None
        pid, port = map(int, (await parent.stdout.readline()).split())
        async with AgentClient(await resolve(AGENT, None, port)) as agent:
            pids = (await agent.run(Call("pids"))).value
    finally:
        parent.kill()
        await parent.wait()
    assert isinstance(pids, list)
    worker = pids[0]
    assert isinstance(worker, int)
    assert await gone(pid, worker)
    assert own_servers.announced() == []


async def test_what_the_agent_prints_at_import_is_no_event(
    make_agent: MakeAgent, start: StartFront
) -> None:
    source = "import os\nprint('imported')\nos.write(1, b'raw\\n')\n" + SLOW
    front = await start(options(make_agent({"main.py": source}, ENTRYPOINTS)))
    await front.until(lambda: {"imported", "raw"} <= set(front.printed.split()) or None)
    assert await front.call("greet") == "hello you"


def test_options_are_the_same_on_the_other_side(tmp_path: Path) -> None:
    from runagent_ls.cli.arguments import parse
    from runagent_ls.cli.serve import serve_options

    chosen = ServeOptions(
        tmp_path,
        "0.0.0.0",
        9000,
        True,
        tmp_path / "python",
        True,
        Limits(run_s=2.5, at_once=3, memory_bytes=512 * 1024 * 1024, cpu_s=60),
        ("https://a.example",),
        ("a.example", "b.example"),
        DebugPlan(tmp_path / "libs", port=5678),
    )
    assert serve_options(parse([*chosen.to_arguments(), "--control"])) == chosen
    plain = ServeOptions(tmp_path)
    assert serve_options(parse([*plain.to_arguments(), "--control"])) == plain
    assert json.dumps(chosen.to_arguments())


async def test_defaults_that_are_secrets_are_not_told(
    make_agent: MakeAgent, start: StartFront
) -> None:
    source = """import os
KEY = os.environ['SERVICE_TOKEN']
def greet(name='you', key=KEY, more={'a': 1, 'b': KEY}): return name
"""
    folder = make_agent({"main.py": source}, env_vars={"SERVICE_TOKEN": "correct horse 17"})
    front = await start(options(folder))
    (report,) = (await front.status("ready")).entrypoints
    assert report.signature is not None
    assert report.signature.startswith("(name='you', key=")
    assert "horse" not in repr(front.events)


async def test_a_failed_start_does_not_tell_secrets(
    make_agent: MakeAgent, start: StartFront
) -> None:
    source = "import os\nraise ValueError('bad key ' + os.environ['SERVICE_TOKEN'])\n"
    folder = make_agent({"main.py": source}, env_vars={"SERVICE_TOKEN": "correct horse 17"})
    with pytest.raises(StartFailedError, match="bad key") as raised:
        await start(options(folder))
    assert "horse" not in repr(raised.value.failure)
