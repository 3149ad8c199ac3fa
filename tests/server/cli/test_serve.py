"""`serve` as people start it, and `run` and `stream` of agents that nobody serves."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from agent_folders import AGENT, MakeAgent, write_agent
from run_cli import COMMAND, LIMIT_S, Cli, environment
from runagent_ls.agents.targets.processes import is_running
from serve_real_agent import environment as platform_environment
from serve_real_agent import interpreter

SOURCE = """
import sys, time

def greet(name='you'):
    print('greeting', name)
    print('to stderr', file=sys.stderr)
    return 'hello ' + name

def sleep(seconds=600):
    print('asleep')
    time.sleep(seconds)

def count(n=3):
    for number in range(n):
        yield number

def fail():
    raise ValueError('no luck')

def compute():
    while True:
        pass

def draw():
    for part in ('10%\\r', '20%\\r\\n', 'a', 'b\\x1b[31m\\u2028', 'c\\n'):
        print(part, end='', flush=True)

def die():
    import os
    os._exit(3)
"""
ENTRYPOINTS = [
    {"file": "main.py", "module": module, "tag": tag}
    for module, tag in [
        ("greet", "greet"), ("sleep", "sleep"), ("count", "count_stream"), ("fail", "fail"),
        ("die", "die"), ("compute", "compute"), ("draw", "draw"),
    ]
]  # fmt: skip


@pytest.fixture
def make_agent(tmp_path: Path) -> MakeAgent:
    def make(source: str = SOURCE, **fields: Any) -> Path:
        entrypoints = fields.pop("entrypoints", ENTRYPOINTS)
        return write_agent(tmp_path / "agent", {"main.py": source}, entrypoints, **fields)

    return make


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, str]:
    """No servers, registry and history but those of the test."""
    return {
        "RUNAGENT_LS_STATE": str(tmp_path / "state"),
        "RUNAGENT_CACHE_DIR": str(tmp_path / "cache"),
    }


@dataclass
class Served:
    """A running `serve`; what it printed so far."""

    process: subprocess.Popen[bytes]
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)

    def until(self, pattern: str, lines: list[str] | None = None) -> re.Match[str]:
        """Wait until standard error (or `lines`) holds this."""
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            found = re.search(pattern, "".join(self.err if lines is None else lines))
            if found is not None:
                return found
            assert self.process.poll() is None, "".join(self.err)
            time.sleep(0.01)
        raise AssertionError(f"no {pattern!r} in {self.out} {self.err}")

    @property
    def port(self) -> int:
        return int(self.until(r"http://[\d.]+:(\d+)")[1])

    def post(self, tag: str, *args: object) -> Any:
        body = json.dumps({"entrypoint_tag": tag, "input_args": args}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/agents/{AGENT}/run",
            body,
            {"Content-Type": "application/json"},
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=LIMIT_S) as answer:
            return json.load(answer)

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(LIMIT_S)


Serve: TypeAlias = Callable[..., Served]
StartCall: TypeAlias = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def serve(folders: dict[str, str], tmp_path: Path) -> Iterator[Serve]:
    """Start `serve` and do not wait; it is ended with the test."""
    with contextlib.ExitStack() as stack:

        def start(
            *arguments: object,
            cwd: Path | None = None,
            command: tuple[str, ...] = COMMAND,
            env: Mapping[str, str] | None = None,
        ) -> Served:
            process = subprocess.Popen(
                [*command, "serve", *map(str, arguments)],
                cwd=cwd or tmp_path,
                env=environment({**folders, **(env or {})}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            served = Served(process)
            readers = []
            for stream, lines in ((process.stdout, served.out), (process.stderr, served.err)):
                assert stream is not None
                readers.append(threading.Thread(target=_read, args=(stream, lines)))
                readers[-1].start()
            stack.callback(_end, process, readers)
            return served

        yield start


def _read(stream: Any, lines: list[str]) -> None:
    for line in stream:
        lines.append(line.decode())


def _end(process: subprocess.Popen[bytes], readers: list[threading.Thread]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    for reader in readers:
        reader.join()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def test_the_address_and_the_entrypoints_are_shown(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent(), "--interpreter", sys.executable)
    served.until(r"Ctrl\+C stops it")
    said = "".join(served.err)
    assert f"agent {AGENT} is served at http://127.0.0.1:{served.port}" in said
    assert re.search(r"run +greet +\(name='you'\)", said)
    assert re.search(r"stream +count_stream", said)
    assert "\x1b" not in said
    assert served.out == []


def test_prints_are_shown_with_the_run_that_made_them(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent())
    answer = served.post("greet", "Ada")
    assert answer["success"] is True
    served.until(r"\[[0-9a-f]{8}\] greeting Ada\n", served.out)
    served.until(r"\[[0-9a-f]{8}\] to stderr\n")


def test_prints_cannot_steer_the_terminal(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent())
    served.post("draw")
    served.until("c\n", served.out)
    lines = re.sub(r"\[[0-9a-f]{8}\]", "[run]", "".join(served.out)).splitlines()
    assert lines == ["[run] 10%", "[run] 20%", "[run] ab\\x1b[31m\\u2028c"]


@pytest.mark.parametrize("closed", [True, False])
def test_nobody_has_to_read_what_is_printed(
    make_agent: MakeAgent, folders: dict[str, str], closed: bool
) -> None:
    source = "def greet():\n    print('x' * 200_000)\n    return 'hello'\n"
    folder = make_agent(source, entrypoints=ENTRYPOINTS[:1])
    process = subprocess.Popen(
        [*COMMAND, "serve", str(folder)],
        env=environment(folders),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    served = Served(process)
    assert process.stderr is not None
    assert process.stdout is not None
    reader = threading.Thread(target=_read, args=(process.stderr, served.err))
    reader.start()
    try:
        for _ in range(3):  # the pipe is full after the first
            assert served.post("greet")["success"] is True
        if closed:
            process.stdout.close()
        assert served.post("greet")["success"] is True
        assert served.end() in (0, 141)
    finally:
        _end(process, [reader])


@pytest.mark.skipif(sys.platform == "win32", reason="no such terminals")
def test_colours_are_for_terminals(make_agent: MakeAgent, folders: dict[str, str]) -> None:
    import pty

    ours, theirs = pty.openpty()
    env = environment({**folders, "TERM": "xterm"})
    with subprocess.Popen(
        [*COMMAND, "serve", str(make_agent())], env=env, stdin=subprocess.DEVNULL, stderr=theirs
    ) as process:
        os.close(theirs)
        limit = threading.Timer(LIMIT_S, process.kill)
        limit.start()
        said = b""
        while b"stops it" not in said:
            said += os.read(ours, 65536)
        process.send_signal(signal.SIGINT)
        process.wait(LIMIT_S)
        limit.cancel()
    os.close(ours)
    assert b"\x1b[1;32magent" in said


def test_the_current_folder_is_served_without_a_name(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(cwd=make_agent())
    assert served.post("greet")["success"] is True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_lets_runs_end(make_agent: MakeAgent, serve: Serve, number: int) -> None:
    served = serve(make_agent())
    answers: list[Any] = []
    caller = threading.Thread(target=lambda: answers.append(served.post("sleep", 1)))
    caller.start()
    served.until("asleep", served.out)
    assert served.end(number) == 0
    caller.join(LIMIT_S)
    assert answers[0]["success"] is True
    assert "stopping" in "".join(served.err)


def test_a_second_ctrl_c_does_not_wait(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent())
    failures: list[Any] = []

    def call() -> None:
        try:
            failures.append(served.post("sleep", 600)["error"])
        except OSError as error:
            failures.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    served.until("asleep", served.out)
    served.process.send_signal(signal.SIGINT)
    served.until("stopping")
    assert served.end() == 130
    caller.join(LIMIT_S)
    assert len(failures) == 1


@pytest.mark.parametrize(
    ("source", "fields", "code", "said"),
    [
        ("def greet(:\n", {}, 1, ["invalid syntax (main.py, line 1)", "main.py:1"]),
        (
            "import nope_xyz\n",
            {},
            1,
            ["No module named 'nope_xyz'", "main.py:1", "import nope_xyz"],
        ),
        (SOURCE, {"entrypoints": []}, 1, ["No entrypoints configured in", "runagent.config.json:"]),
        (SOURCE, {"framework": "custom"}, 1, ["custom", "runagent.config.json:4", "help"]),
    ],
)
def test_an_agent_that_does_not_start(
    make_agent: MakeAgent,
    cli: Cli,
    folders: dict[str, str],
    source: str,
    fields: dict[str, Any],
    code: int,
    said: list[str],
) -> None:
    done = cli("serve", make_agent(source, **fields), env=folders)
    assert (done.code, done.out) == (code, "")
    for text in said:
        assert text in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere is not there"),
        (["--interpreter", "nope/python"], "nope/python"),
        (["--host", "no-such-host.invalid"], "There is no host"),
        (["--port", "70000"], "no port"),
        (["--at-once", "0"], "no whole number"),
        (["--relod"], "Did you mean --reload?"),
        (["--debug", "--reload"], "leave one of them out"),
    ],
)
def test_wrong_use(
    make_agent: MakeAgent, cli: Cli, folders: dict[str, str], arguments: list[str], said: str
) -> None:
    done = cli("serve", *arguments, cwd=make_agent(), env=folders)
    assert done.code == 2
    assert said in done.err


def test_a_folder_without_an_agent(cli: Cli, tmp_path: Path, folders: dict[str, str]) -> None:
    done = cli("serve", env=folders)
    assert done.code == 1
    assert f"No config file found. Tried: {tmp_path}/runagent.config.json, " in done.err


def test_instead_of_a_taken_port_another_is_used_and_said(
    make_agent: MakeAgent, serve: Serve
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        served = serve(make_agent(), "--port", port)
        assert served.port != port
        said = "".join(served.err)
        assert f"Port {port} is taken by" in said
        assert str(os.getpid()) in said or sys.platform != "linux"
        assert f"{served.port} is used instead" in said


def test_serving_for_other_machines_is_said_plainly(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent(), "--host", "0.0.0.0")
    served.until("Everyone who reaches 0.0.0.0 can call this agent: there is no password")


def test_events_as_json_hold_no_token(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent(), "--json")
    served.until('"event": "ready"', served.out)
    assert served.end() == 0
    events = [json.loads(line) for line in "".join(served.out).splitlines()]
    (ready,) = [event for event in events if event["event"] == "ready"]
    assert set(ready) == {"event", "host", "port", "agentId", "pid", "registered"}
    assert events[-1]["status"]["state"] == "stopped"
    assert served.err == []


def test_a_typo_leaves_the_agent_answering(make_agent: MakeAgent, serve: Serve) -> None:
    folder = make_agent()
    served = serve(folder, "--reload")
    assert served.post("greet")["success"] is True
    (folder / "main.py").write_text(SOURCE + "def broken(:\n")
    served.until("the version from before goes on answering")
    said = "".join(served.err)
    assert "invalid syntax (main.py, line 31)" in said
    assert "main.py:31" in said
    assert served.post("greet")["success"] is True
    (folder / "main.py").write_text(SOURCE.replace("hello", "good day"))
    served.until("the agent was loaded again")
    assert "good day you" in served.post("greet")["data"]


def test_that_the_runtime_is_lent_is_said_once(
    make_agent: MakeAgent, serve: Serve, tmp_path: Path
) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    folder = make_agent("def greet(): ...\n", entrypoints=ENTRYPOINTS[:1])
    served = serve(folder, "--reload", "--interpreter", tmp_path / "bare")
    served.until(r"Ctrl\+C stops it")
    for number in (1, 2):
        text = f"import agent_runtime\ndef greet(): return 'version {number}'\n"
        (folder / "main.py").write_text(text)
        served.until(rf"(the agent was loaded again[\s\S]*){{{number}}}")
        assert f"version {number}" in served.post("greet")["data"]
    assert served.end() == 0
    assert "".join(served.err).count("note: agent_runtime is lent to the agent from ") == 1


def test_with_reload_a_start_that_fails_is_repaired_by_the_next_save(
    make_agent: MakeAgent, serve: Serve
) -> None:
    folder = make_agent("import part\n" + SOURCE)
    served = serve(folder, "--reload")
    served.until(r"No module named 'part'[^$]*main\.py:1[^$]*waiting until a file of the agent")
    (folder / "part.py").write_text("def broken(:\n")
    served.until(r"part\.py:1[^$]*waiting until a file of the agent changes")
    config = folder / "runagent.config.json"
    whole = config.read_text()
    config.write_text(whole[:-2])
    served.until(r"runagent\.config\.json:\d+[^$]*waiting until a file of the agent changes")
    assert "is served at" not in "".join(served.err)
    (folder / "part.py").write_text("")
    config.write_text(whole)
    assert served.post("greet")["success"] is True
    assert served.end() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_waits_for_a_save_can_be_stopped(
    make_agent: MakeAgent, serve: Serve, number: int
) -> None:
    served = serve(make_agent("import sys\nsys.exit(2)\n"), "--reload")
    served.until("waiting until a file of the agent changes")
    assert served.end(number) == 0


def test_waiting_is_told_as_an_event(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent("def broken(:\n"), "--reload", "--json")
    served.until('"event": ?"waiting"', served.out)
    served.end()
    events = [json.loads(line) for line in "".join(served.out).splitlines()]
    assert [it["failure"]["code"] for it in events if it["event"] == "waiting"] != []
    assert "failed" not in {it["event"] for it in events}


@pytest.mark.parametrize("arguments", [["--interpreter", "nope/python"], ["--host", "no.invalid"]])
def test_what_no_save_repairs_is_not_waited_for(
    make_agent: MakeAgent, cli: Cli, folders: dict[str, str], arguments: list[str]
) -> None:
    done = cli("serve", "--reload", *arguments, cwd=make_agent(), env=folders)
    assert done.code == 2
    assert "waiting" not in done.err


def test_an_agent_that_dies_is_started_again(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent())
    with pytest.raises(urllib.error.HTTPError, match="500"):
        served.post("die")
    served.until("the agent's process ended, starting it again")
    served.until("the agent is served again")
    assert served.post("greet")["success"] is True


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_a_process_may_compute_for_so_long(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent(), "--cpu", "1")
    with pytest.raises(urllib.error.HTTPError, match="500"):
        served.post("compute")
    served.until("the agent is served again")
    assert served.post("greet")["success"] is True


def test_a_debugger_is_told_where_to_attach(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent(), "--debug", "--interpreter", sys.executable)
    port = int(served.until(r"a debugger may attach at port (\d+)")[1])
    with socket.create_connection(("127.0.0.1", port), 10):
        pass
    served.until(r"Ctrl\+C stops it")


@pytest.mark.parametrize("host", ["::1", "localhost"])
def test_other_addresses_of_this_machine(make_agent: MakeAgent, serve: Serve, host: str) -> None:
    served = serve(make_agent(), "--host", host)
    served.until(r"Ctrl\+C stops it")
    shown = f"[{host}]" if ":" in host else host
    port = int(served.until(rf"http://{re.escape(shown)}:(\d+)")[1])
    with socket.create_connection((host, port), 10):
        pass
    assert "no password" not in "".join(served.err)


def test_a_run_has_its_time(make_agent: MakeAgent, serve: Serve) -> None:
    served = serve(make_agent(), "--timeout", "0.2")
    assert served.post("sleep", 600)["error"]["code"] == "TIMEOUT"


def test_the_platforms_tools_find_a_registered_agent(
    make_agent: MakeAgent, serve: Serve, tmp_path: Path
) -> None:
    served = serve(make_agent(), "--register")
    served.until("registered")
    by_id = f"from runagent import RunAgentClient as C; c = C({AGENT!r}, 'greet', local=True); "
    done = platform(tmp_path / "cache", "-c", by_id + "print(c.run(name='Ada'))")
    assert "hello Ada" in done
    tool = ("-c", "from runagent.cli.main import runagent; runagent()")
    listed = platform(tmp_path / "cache", *tool, "db", "invocations", "--format", "json")
    assert AGENT in listed
    assert "greet" in listed
    assert str(served.port) in platform(tmp_path / "cache", *tool, "db", "status")
    assert served.end() == 0


def test_without_register_the_platform_is_not_told(
    make_agent: MakeAgent, serve: Serve, tmp_path: Path
) -> None:
    served = serve(make_agent())
    assert served.post("greet")["success"] is True
    assert served.end() == 0
    assert not (tmp_path / "cache").exists()


def platform(cache_dir: Path, *arguments: str) -> str:
    done = subprocess.run(
        [interpreter(), *arguments],
        env=platform_environment(cache_dir),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_run_serves_an_agent_for_one_call(
    make_agent: MakeAgent, cli: Cli, folders: dict[str, str], tmp_path: Path
) -> None:
    folder = make_agent()
    done = cli("run", "greet", "--project", folder, "--arg", 'name="Ada"', env=folders)
    assert (done.code, done.out) == (0, "hello Ada\n")
    assert "serving it for this call" in done.err
    assert "Importing the agent with" in done.err
    assert list((tmp_path / "state" / "servers").iterdir()) == []


def test_stream_serves_an_agent_for_one_call(
    make_agent: MakeAgent, cli: Cli, folders: dict[str, str]
) -> None:
    done = cli("stream", "count_stream", cwd=make_agent(), env=folders)
    assert (done.code, done.out.split()) == (0, ["0", "1", "2"])


def test_a_running_server_is_used_and_left_alone(
    make_agent: MakeAgent, cli: Cli, serve: Serve, folders: dict[str, str]
) -> None:
    folder = make_agent()
    served = serve(folder)
    port = served.port
    done = cli("run", "greet", "--project", folder, "--json", env=folders)
    outcome = json.loads(done.out)
    assert (outcome["target"]["port"], outcome["target"]["source"]) == (port, "served")
    assert "serving it" not in done.err
    assert served.process.poll() is None


def test_another_copy_of_an_agent_is_not_taken_for_this_one(
    make_agent: MakeAgent, cli: Cli, serve: Serve, folders: dict[str, str], tmp_path: Path
) -> None:
    folder = make_agent()
    port = serve(folder).port
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "main.py").write_text(SOURCE.replace("hello", "good day"))
    done = cli("run", "greet", "--project", copy, env=folders)
    assert done.out == "good day you\n"
    assert str(port) not in done.err
    by_id = cli("run", "greet", "--agent-id", AGENT, env=folders)
    assert by_id.out == "hello you\n"


def test_no_serve_fails_when_nobody_serves(
    make_agent: MakeAgent, cli: Cli, folders: dict[str, str]
) -> None:
    done = cli("run", "greet", "--no-serve", "--project", make_agent(), env=folders)
    assert done.code == 3
    assert "AGENT_ADDRESS_NOT_FOUND" in done.err


@pytest.mark.parametrize("named", [["--agent-id", AGENT], ["--port", "1"]])
def test_what_is_named_otherwise_is_not_served(
    make_agent: MakeAgent, cli: Cli, folders: dict[str, str], named: list[str]
) -> None:
    done = cli("run", "greet", *named, cwd=make_agent(), env=folders)
    assert done.code == 3
    assert "serving it" not in done.err


def test_a_failing_function_shows_where(
    make_agent: MakeAgent, cli: Cli, folders: dict[str, str]
) -> None:
    done = cli("run", "fail", cwd=make_agent(), env=folders)
    assert done.code == 1
    assert "no luck" in done.err
    assert re.search(r"main\.py:18, in fail", done.err)


LEAVING = """
import os, signal, sys

def leave(how=3):
    sys.exit(how)

def leave_late():
    yield 1
    sys.exit(3)

def kill_all():
    os.kill(os.getppid(), signal.SIGKILL)
    signal.pause()

def die():
    os._exit(7)

def greet(name):
    return name
"""
LEAVING_TAGS = {"leave": "leave", "leave_stream": "leave_late", "kill_all": "kill_all",
                "kill_all_stream": "kill_all", "die": "die", "greet": "greet"}  # fmt: skip


@pytest.fixture
def leaving(make_agent: MakeAgent) -> Path:
    entrypoints = [
        {"file": "main.py", "module": module, "tag": tag} for tag, module in LEAVING_TAGS.items()
    ]
    return make_agent(LEAVING, entrypoints=entrypoints)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "leave"), "The function ended the program (SystemExit) with 3."),
        (("run", "leave", "--arg", "how=null"), "The function ended the program (SystemExit)"),
        (
            ("run", "leave", "--arg", 'how="no key"'),
            "The function ended the program (SystemExit): no key",
        ),
        (("stream", "leave_stream"), "The function ended the program (SystemExit) with 3."),
    ],
)
def test_a_function_that_ends_the_program_is_said_to(
    leaving: Path, cli: Cli, folders: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    done = cli(*arguments, cwd=leaving, env=folders)
    assert done.code == 1
    assert f"]: {said}" in done.err
    assert "`runagent serve`" not in done.err
    assert "Try other inputs, or look at the function and at what it printed." in done.err


@pytest.mark.parametrize("tag", ["die", "kill_all", "kill_all_stream"])
def test_advice_is_about_our_server(
    leaving: Path, cli: Cli, serve: Serve, folders: dict[str, str], tag: str
) -> None:
    assert serve(leaving).port
    done = cli("stream" if "stream" in tag else "run", tag, "--no-serve", cwd=leaving, env=folders)
    assert done.code != 0
    assert "`runagent serve`" not in done.err
    assert "runagent-ls serve" in done.err


def test_inputs_that_the_server_refuses_are_told_one_by_one(
    leaving: Path, cli: Cli, folders: dict[str, str]
) -> None:
    inputs = ("--arg", 'nme="a"', "--arg", "age=3", "--send-anyway")
    done = cli("run", "greet", *inputs, cwd=leaving, env=folders)
    assert "Agent execution failed" not in done.err
    assert re.search(r"error\[VALIDATION_ERROR\]: greet\(\) got an unexpected keyword", done.err)
    assert re.findall("^  - (.*)$", done.err, re.M) == [
        "nme: no such parameter; did you mean 'name'?",
        "age: no such parameter",
        "name: required, but not given",
    ]


def test_run_of_an_agent_that_does_not_start(
    make_agent: MakeAgent, cli: Cli, folders: dict[str, str]
) -> None:
    folder = make_agent("import nope_xyz\n")
    done = cli("run", "greet", "--send-anyway", "--json", cwd=folder, env=folders)
    error = json.loads(done.out)["error"]
    assert done.code == 1
    assert error["code"] == "INITIALIZATION_ERROR"
    assert "No module named 'nope_xyz'" in error["message"]
    assert f"{folder / 'main.py'}:1" in error["message"]


@pytest.fixture
def start_call(folders: dict[str, str], tmp_path: Path) -> Iterator[StartCall]:
    """Start `run` and wait until the function runs."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: object) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [*COMMAND, "run", *map(str, arguments)],
                cwd=tmp_path,
                env=environment(folders),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            stack.callback(_end, process, [])
            assert process.stderr is not None
            for line in process.stderr:
                if b"running " in line:
                    return process
            raise AssertionError("the call has ended")

        yield start


def test_ctrl_c_ends_the_call_and_its_server(
    make_agent: MakeAgent, start_call: StartCall, tmp_path: Path
) -> None:
    process = start_call("sleep", "--project", make_agent())
    (record,) = (tmp_path / "state" / "servers").glob("*.json")
    pid = int(record.stem)
    assert is_running(pid)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130
    assert b"Traceback" not in said
    assert b"cancelled" in said
    assert not is_running(pid)


def test_ctrl_c_ends_the_function_on_a_server_that_goes_on(
    make_agent: MakeAgent, serve: Serve, start_call: StartCall
) -> None:
    source = SOURCE.replace("time.sleep(seconds)", "[time.sleep(0.01) for _ in range(60_000)]")
    folder = make_agent(source)
    served = serve(folder, "--at-once", "1")
    assert served.port
    process = start_call("sleep", "--project", folder)
    served.until("asleep", served.out)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130
    assert b"the agent's function was stopped" in said
    assert served.post("greet")["success"] is True
