"""`run` and `stream` against the real server, from another process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

import pytest

from agent_folders import GREET, write_agent
from cloud_stand_in import RunningCloud
from run_cli import COMMAND, LIMIT_S, Cli, Done, environment
from serve_real_agent import RunningAgent, signed_in_registry
from terminal_run import TerminalRun


@pytest.fixture
def agent(real_agent: RunningAgent) -> RunningAgent:
    return real_agent


@pytest.fixture
def call(cli: Cli, agent: RunningAgent) -> Cli:
    """Run `run` or `stream`, the agent found through its registry by its project."""

    def run(
        *arguments: object,
        cwd: Path | None = None,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        encoding: str = "utf-8",
    ) -> Done:
        variables = {"RUNAGENT_CACHE_DIR": str(agent.cache_dir), **(env or {})}
        project = ("--project", agent.project_dir)
        return cli(*arguments, *project, cwd=cwd, stdin=stdin, env=variables, encoding=encoding)

    return run


def test_run_prints_the_value_and_nothing_else(call: Cli) -> None:
    done = call("run", "greet", "--arg", 'name="bob"', "--arg", "times=2")
    assert (done.code, json.loads(done.out)) == (0, {"greeting": "hello bobbob", "n": 2})
    assert "looking for the agent" in done.err
    assert "running greet" in done.err
    assert "completed in" in done.err


def test_run_prints_text_as_it_is(call: Cli) -> None:
    done = call("run", "value_of", "--arg", 'name="string"')
    assert (done.code, done.out) == (0, "h\u00e9llo \U0001f989\n")


def test_run_on_an_ascii_pipe(call: Cli) -> None:
    done = call("run", "value_of", "--arg", 'name="string"', encoding="ascii")
    assert (done.code, done.out) == (0, "h\\xe9llo \\U0001f989\n")


def test_run_by_id_and_by_address(cli: Cli, agent: RunningAgent) -> None:
    by_id = cli(
        "run", "greet", "--agent-id", agent.agent_id, "--arg", 'name="a"',
        env={"RUNAGENT_CACHE_DIR": str(agent.cache_dir)},
    )  # fmt: skip
    by_port = cli("run", "greet", "--port", agent.port, "--arg", 'name="a"')
    both = cli(
        "run", "greet", "--host", agent.host, "--port", agent.port, "--agent-id", agent.agent_id,
        "--arg", 'name="a"',
    )  # fmt: skip
    assert [done.code for done in (by_id, by_port, both)] == [0, 0, 0]
    assert by_id.out == by_port.out == both.out


def test_run_with_inputs_from_a_file_and_from_standard_input(call: Cli, tmp_path: Path) -> None:
    inputs = tmp_path / "inputs.json"
    inputs.write_text('{"a": 1, "b": 2}', "utf-8-sig")
    done = call("run", "echo", "--input", inputs, "--arg", "b=[3]")
    assert json.loads(done.out) == {"args": [], "kwargs": {"a": 1, "b": [3]}}
    done = call("run", "echo", "--input", "-", stdin=b'["x", null]')
    assert json.loads(done.out) == {"args": ["x", None], "kwargs": {}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is not JSON"),
        (b"5", "holds neither an object of keyword arguments nor an array"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"\xff\xfe\x00", "is not JSON"),
    ],
)
def test_inputs_that_are_none(call: Cli, content: bytes, said: str) -> None:
    done = call("run", "echo", "--input", "-", stdin=content)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_inputs_from_a_file_that_is_not_there(call: Cli, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path):
        done = call("run", "echo", "--input", path)
        assert done.code == 2
        assert "cannot be read" in done.err


def test_run_as_json_has_the_outcome(call: Cli, agent: RunningAgent) -> None:
    outcome = json.loads(call("run", "greet", "--arg", 'name="a"', "--json").out)
    assert outcome["state"] == "completed"
    assert outcome["value"] == {"greeting": "hello a", "n": 1}
    assert outcome["target"]["port"] == agent.port
    failed = call("run", "fail", "--json")
    assert failed.code == 1
    error = json.loads(failed.out)["error"]
    assert error["code"] == "INTERNAL_ERROR"
    assert "boom 1" in error["message"]


def test_a_failing_agent_is_1(call: Cli) -> None:
    done = call("run", "fail")
    assert (done.code, done.out) == (1, "")
    assert "error[INTERNAL_ERROR]" in done.err
    assert "boom 1" in done.err
    assert "help: " in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "gret"), "Did you mean `greet`?"),
        (("run", "count_stream"), "error[STREAM_ENTRYPOINT]"),
        (("stream", "greet"), "error[NON_STREAM_ENTRYPOINT]"),
        (("stream", "cont_stream"), "Did you mean `count_stream`?"),
    ],
)
def test_a_tag_that_cannot_be_called_so_is_2(
    call: Cli, arguments: tuple[str, str], said: str
) -> None:
    done = call(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_stream_prints_chunks(call: Cli) -> None:
    done = call("stream", "words_stream", "--arg", 'text="once upon"')
    assert (done.code, done.out) == (0, "onceupon\n")
    assert "2 chunks" in done.err
    assert call("stream", "count_stream", "--arg", "n=2").out == '{"i": 0}\n{"i": 1}\n'


def test_stream_as_json_is_lines(call: Cli) -> None:
    lines = call("stream", "count_stream", "--arg", "n=2", "--json").out.splitlines()
    *chunks, outcome = map(json.loads, lines)
    assert [(chunk["index"], chunk["value"]) for chunk in chunks] == [(0, {"i": 0}), (1, {"i": 1})]
    assert (outcome["state"], outcome["chunks"]) == ("completed", 2)


def test_a_stream_that_fails_keeps_its_chunks(call: Cli) -> None:
    done = call("stream", "fail_stream")
    assert (done.code, done.out) == (1, "0\n1\n")
    assert "mid-stream boom" in done.err


def test_no_agent_there_is_3(cli: Cli, tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        done = cli("run", "greet", "--port", unused.getsockname()[1])
    assert (done.code, done.out) == (3, "")
    assert "error[" in done.err
    done = cli("run", "greet", "--agent-id", "nobody", env={"RUNAGENT_CACHE_DIR": str(tmp_path)})
    assert done.code == 3
    assert "error[AGENT_ADDRESS_NOT_FOUND]" in done.err


def test_a_time_limit_is_5(call: Cli, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    done = call("stream", "stepwise_stream", "--arg", f"gate={json.dumps(str(gate))}",
                "--timeout", "0.7")  # fmt: skip
    gate.touch()
    assert done.code == 5
    assert "error[TIMEOUT]" in done.err


def test_no_project_is_2(cli: Cli, tmp_path: Path) -> None:
    done = cli("run", "greet")
    assert done.code == 2
    assert f"No agent project in {tmp_path}" in done.err
    done = cli("run", "greet", "--project", "missing")
    assert done.code == 2
    assert "is not there" in done.err


def test_what_else_calls_a_tag_is_said(call: Cli, cli: Cli, tmp_path: Path) -> None:
    assert "help: `runagent-ls stream count_stream` calls it.\n" in call("run", "count_stream").err
    assert "help: `runagent-ls run greet` calls it.\n" in call("stream", "greet").err
    folder = write_agent(tmp_path / "agent")
    wrong = cli("stream", "gret", "--project", folder)
    assert wrong.code == 2
    assert wrong.err.endswith(
        "has no entrypoint with the tag 'gret': its tags are greet. Did you mean greet?\n"
    )
    assert "help: `runagent-ls run greet`" in cli("stream", "greet", "--project", folder).err


def test_a_function_that_was_not_called_is_not_said_to_be_stopped(tmp_path: Path) -> None:
    gate, state = tmp_path / "gate", tmp_path / "state"
    state.mkdir()
    wait = (
        f"import pathlib, time\nwhile not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.01)\n"
    )
    folder = write_agent(tmp_path / "agent", {"main.py": wait + GREET})
    env = {"RUNAGENT_LS_STATE": str(state), "RUNAGENT_CACHE_DIR": str(state)}
    with TerminalRun(("run", "greet"), folder, env) as run:
        run.wait_for("Importing the agent")
        run.process.send_signal(signal.SIGINT)
        code = run.end()
        gate.touch()
    assert code == 130
    assert "; the agent's function was not called\n" in run.seen


@pytest.mark.parametrize("content", ["{", '{"agent_id": \n', '{"agent_id": "a"'])
def test_a_broken_configuration_is_named(cli: Cli, tmp_path: Path, content: str) -> None:
    (tmp_path / "runagent.config.json").write_text(content)
    listed = cli("list")
    assert "\n  no entrypoints; it is broken in line " in listed.out
    done = cli("run", "greet", "--no-serve", env={"RUNAGENT_CACHE_DIR": str(tmp_path)})
    assert ("; it is broken in line 1: " in done.err) == ('"a"' not in content), done.err


@pytest.mark.parametrize("content", ["", "{", "[]", '{"agent_id": 5}', '{"agent_id": ""}'])
def test_a_project_without_an_id_is_2(cli: Cli, tmp_path: Path, content: str) -> None:
    (tmp_path / "runagent.config.json").write_text(content)
    done = cli("run", "greet")
    assert done.code == 2
    assert "has no agent_id that could be looked for" in done.err


class Streaming:
    """`stream` in another process, read line by line while it runs."""

    def __init__(self, agent: RunningAgent, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "stream", *arguments, "--port", str(agent.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        self._watch = threading.Timer(LIMIT_S, self.process.kill)
        self._watch.start()

    @property
    def out(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def end(self) -> str:
        """Wait for the end; gives standard error."""
        assert self.process.stderr is not None
        error = self.process.stderr.read()
        self.process.wait()
        return error

    def close(self) -> None:
        self._watch.cancel()
        self.process.kill()
        self.process.communicate()


Start = Callable[..., Streaming]


@pytest.fixture
def streaming(agent: RunningAgent) -> Iterator[Start]:
    started: list[Streaming] = []

    def start(*arguments: str) -> Streaming:
        started.append(Streaming(agent, *arguments))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_chunks_are_there_before_the_end(streaming: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    stream = streaming("stepwise_stream", "--arg", f"gate={json.dumps(str(gate))}", "--json")
    assert json.loads(stream.out.readline())["text"] == "first"
    gate.touch()
    assert json.loads(stream.out.readline())["text"] == "second"
    stream.end()
    assert stream.process.returncode == 0


def test_ctrl_c_stops_the_agent_and_says_so(streaming: Start, tmp_path: Path) -> None:
    marker = tmp_path / "closed"
    stream = streaming("endless_stream", "--arg", f"marker={json.dumps(str(marker))}")
    assert stream.out.readline() == "0\n"
    os.kill(stream.process.pid, signal.SIGINT)
    error = stream.end()
    assert stream.process.returncode == 130
    assert "cancelled after" in error
    assert "the agent's function was stopped" in error
    assert "Traceback" not in error
    wait = threading.Event()
    assert any(marker.exists() or wait.wait(0.05) for _ in range(1200))


def test_a_reader_that_leaves_is_no_crash(streaming: Start, tmp_path: Path) -> None:
    marker = tmp_path / "closed"
    stream = streaming("endless_stream", "--arg", f"marker={json.dumps(str(marker))}")
    assert stream.out.readline() == "0\n"
    stream.out.close()
    error = stream.end()
    assert stream.process.returncode == 141
    assert "Traceback" not in error
    assert "Exception" not in error


# --- options ------------------------------------------------------------------------------------


def test_unfit_inputs_are_2_with_a_line_for_each_problem(call: Cli) -> None:
    done = call("run", "greet", "--arg", 'nmae="bob"', "--arg", 'times="many"')
    assert (done.code, done.out) == (2, "")
    lines = done.err.splitlines()
    assert lines[0].startswith("error[VALIDATION_ERROR]")
    assert [line[:4] for line in lines[1:4]] == ["  - "] * 3
    assert "did you mean name?" in done.err
    assert "--send-anyway" in lines[4]
    assert "looking for the agent" not in done.err


def test_unfit_inputs_are_in_the_outcome(call: Cli) -> None:
    done = call("run", "greet", "--json")
    (problem,) = json.loads(done.out)["error"]["details"]["problems"]
    assert (done.code, problem["parameter"]) == (2, "name")


def test_unfit_inputs_can_be_sent_anyway(call: Cli) -> None:
    done = call("run", "greet", "--arg", "name=5", "--send-anyway")
    assert done.code == 1
    assert "can only concatenate str" in done.err


def test_inputs_are_not_judged_without_a_project(cli: Cli, agent: RunningAgent) -> None:
    done = cli("run", "greet", "--port", agent.port)
    assert done.code == 1
    assert "missing 1 required positional argument" in done.err


def test_run_in_the_cloud_says_that_inputs_leave(
    call: Cli, agent: RunningAgent, cloud: RunningCloud
) -> None:
    variables = {
        "RUNAGENT_API_KEY": cloud.api_key,
        "RUNAGENT_BASE_URL": cloud.base_url,
        "SSL_CERT_FILE": str(cloud.ca_file),
    }
    options = ("--user-id", "ada", "--persistent-memory", "--extra", 'trace={"a":1}')
    done = call("run", "echo", "--arg", 'cli="cloud"', "--cloud", *options, "--json", env=variables)
    outcome = json.loads(done.out)
    assert (done.code, outcome["value"]) == (0, {"args": [], "kwargs": {"cli": "cloud"}})
    assert outcome["target"]["cloud"] is True
    assert f"in the cloud at {cloud.base_url}; the inputs leave this machine" in done.err
    assert cloud.api_key not in done.out + done.err
    (sent,) = [it for it in cloud.requests() if "'cli': 'cloud'" in str(it["body"])]
    body = sent["body"]
    assert (body["user_id"], body["persistent_memory"], body["trace"]) == ("ada", True, {"a": 1})
    streamed = call("stream", "count_stream", "--arg", "n=1", "--cloud", env=variables)
    assert (streamed.code, streamed.out) == (0, '{"i": 0}\n')
    refused = call("run", "echo", "--cloud", env={**variables, "RUNAGENT_API_KEY": "rau_wrong"})
    assert refused.code == 4
    assert "error[AUTHENTICATION_ERROR]" in refused.err


def test_a_server_that_sends_copies_to_the_cloud_is_told(
    call: Cli, agent: RunningAgent, tmp_path: Path
) -> None:
    arguments = ("run", "greet", "--arg", 'name="Ada"')
    signed_in = {"RUNAGENT_CACHE_DIR": str(signed_in_registry(agent, tmp_path / "cache"))}
    served = f"agent {agent.agent_id} is served at {agent.host}:{agent.port}"
    done = call(*arguments, "--json", env=signed_in)
    assert json.loads(done.out)["target"]["copiesToCloud"] is True
    assert f"{served}; it sends a copy of each run to the cloud\n" in done.err
    assert "rau_signed_in" not in done.out + done.err
    done = call(*arguments, "--json")
    assert json.loads(done.out)["target"]["copiesToCloud"] is False
    assert f"{served}\n" in done.err


def test_the_cloud_without_a_key_is_4(call: Cli, cloud: RunningCloud) -> None:
    done = call("run", "echo", "--cloud", env={"RUNAGENT_BASE_URL": cloud.base_url})
    assert done.code == 4
    assert "RUNAGENT_API_KEY" in done.err


def test_a_base_url_that_is_none_is_2(call: Cli) -> None:
    done = call("run", "echo", "--cloud", env={"RUNAGENT_BASE_URL": "nowhere"})
    assert done.code == 2
    assert "RUNAGENT_BASE_URL" in done.err


def test_no_connection_to_the_cloud_is_3(call: Cli) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base = f"https://127.0.0.1:{unused.getsockname()[1]}"
        variables = {"RUNAGENT_BASE_URL": base, "RUNAGENT_API_KEY": "rau_0123456789"}
        done = call("run", "echo", "--cloud", env=variables)
    assert done.code == 3
    assert "rau_0123456789" not in done.err


def test_retries_are_made_and_counted(cli: Cli, tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base = f"https://127.0.0.1:{unused.getsockname()[1]}"
        variables = {
            "RUNAGENT_BASE_URL": base,
            "RUNAGENT_API_KEY": "rau_0123456789",
            "RUNAGENT_CACHE_DIR": str(tmp_path),
        }
        options = ("--agent-id", "a", "--cloud", "--retries", "1")
        done = cli("run", "x", *options, "--json", env=variables)
    assert done.code == 3
    assert json.loads(done.out)["attempts"] == 2
    assert done.err.count("waiting before the next try") == 1


def test_runs_are_recorded_unless_told_otherwise(call: Cli, cli: Cli, tmp_path: Path) -> None:
    history = {"RUNAGENT_LS_HISTORY": str(tmp_path / "history.db")}
    done = call("run", "greet", "--arg", 'name="kept"', "--json", env=history)
    recorded = json.loads(done.out)["historyId"]
    done = call("run", "greet", "--arg", 'name="gone"', "--no-history", "--json", env=history)
    assert "historyId" not in json.loads(done.out)
    listed = cli("history", "show", recorded, "--json", env=history)
    assert json.loads(listed.out.splitlines()[0])["kwargs"] == {"name": "kept"}
    assert b"gone" not in (tmp_path / "history.db").read_bytes()
