"""The command that goes on with a session: only where it can, and without secrets."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from agent_folders import write_agent
from run_cli import Cli, Done
from serve_our_agent import OurAgent, serving_ours

AGENT: Final = """
from pathlib import Path
from agent_runtime import AgentConfig, AgentRuntime, FileStore, ModelReply

HERE = Path(__file__).parent


class Model:
    name = "scripted"

    async def stream(self, request):
        yield ModelReply("Thought: I know.\\nFINAL_ANSWER: 4")

    async def reply(self, request):
        raise NotImplementedError


def runtime(store):
    builder = AgentRuntime.builder().with_agent_config(AgentConfig(name="adder"))
    builder = builder.with_model(Model())
    return (builder if store is None else builder.with_store(store)).build()


async def kept(question: str, session_id=None, resume_from_step=None, password="", options=None):
    adder = runtime(FileStore(HERE / ".runagent" / "runtime"))
    async for event in adder.astream(
        question, session_id=session_id, resume_from_step=resume_from_step
    ):
        yield event


async def forgotten(question: str, session_id=None, resume_from_step=None):
    async for event in runtime(None).astream(question, session_id=session_id):
        yield event


async def elsewhere(question: str, session_id=None, resume_from_step=None):
    async for event in runtime(FileStore(HERE / "sessions")).astream(question):
        yield event


async def without(question: str):
    async for event in runtime(FileStore(HERE / ".runagent" / "runtime")).astream(question):
        yield event
"""
TAGS: Final = ("kept", "forgotten", "elsewhere", "without")
TEXT: Final = ("--output-format", "text")
ADD: Final = ("--arg", 'question="2 + 2"')
SECRET: Final = "rau_123456789"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OurAgent]:
    folder = tmp_path_factory.mktemp("resuming") / "agent"
    entrypoints = [{"file": "main.py", "module": tag, "tag": f"{tag}_stream"} for tag in TAGS]
    write_agent(folder, {"main.py": AGENT}, entrypoints)
    with serving_ours(folder) as served:
        yield served


@pytest.fixture
def call(cli: Cli, agent: OurAgent, tmp_path: Path) -> Callable[..., Done]:
    env = {
        "RUNAGENT_CACHE_DIR": str(agent.cache_dir),
        "RUNAGENT_LS_STATE": str(agent.state_dir),
        "RUNAGENT_LS_HISTORY": str(tmp_path / "history.db"),
    }

    def run(*arguments: object, stdin: bytes = b"") -> Done:
        done = cli(*arguments, *TEXT, cwd=agent.project_dir, stdin=stdin, env=env)
        assert done.code == 0, done.err
        return done

    return run


def command_in(done: Done) -> list[str]:
    """The words of the command at the end."""
    return shlex.split(done.out.splitlines()[-1])


@pytest.mark.parametrize("tag", ["forgotten", "elsewhere", "without"])
def test_no_command_where_it_could_not_go_on(call: Callable[..., Done], tag: str) -> None:
    done = call("stream", f"{tag}_stream", *ADD)
    assert done.out.splitlines()[-1].startswith("session ")
    assert "to go on" not in done.out
    assert "to go on" not in call("history", "show", "last").out


def test_the_command_of_a_kept_session_goes_on(call: Callable[..., Done]) -> None:
    done = call("stream", "kept_stream", *ADD)
    again = call(*command_in(done)[1:-4], "--arg", 'session_id="again"')
    assert "\nsession again, to go on from its beginning:\n" in again.out
    recorded = call("history", "show", "last")
    assert "\nsession again, to go on from its beginning:\n" in recorded.out
    assert "\ngoes on from: again, step 0\n" in call(*command_in(recorded)[1:]).out


def test_no_command_when_the_session_was_deleted(
    call: Callable[..., Done], cli: Cli, agent: OurAgent
) -> None:
    call("stream", "kept_stream", *ADD, "--arg", 'session_id="gone"')
    assert "session gone, to go on" in call("history", "show", "last").out
    assert cli("sessions", "delete", "gone", cwd=agent.project_dir).code == 0
    assert "to go on" not in call("history", "show", "last").out


def test_secrets_of_standard_input_are_left_out(call: Callable[..., Done]) -> None:
    given = {"question": "2 + 2", "password": SECRET, "options": {"api_key": SECRET}}
    done = call("stream", "kept_stream", "--input", "-", stdin=json.dumps(given).encode())
    assert SECRET not in done.out
    assert command_in(done)[5:11] == [
        *("--arg", 'question="2 + 2"', "--arg", "password=...", "--arg", "options=..."),
    ]


def test_what_is_given_twice_stands_there_once(call: Callable[..., Done]) -> None:
    password = ("--arg", f'password="{SECRET}"', "--input", "-", *ADD)
    done = call("stream", "kept_stream", *password, stdin=b'{"question": "1 + 1", "options": 1}')
    assert SECRET not in done.out
    words = command_in(done)
    given = [word for before, word in pairwise(words) if before == "--arg"]
    assert given[:3] == ["password=...", 'question="2 + 2"', "options=1"]
    assert [it.partition("=")[0] for it in given[3:]] == ["session_id", "resume_from_step"]


def test_no_command_for_positional_arguments_of_standard_input(call: Callable[..., Done]) -> None:
    done = call("stream", "kept_stream", "--input", "-", stdin=b'["2 + 2"]')
    assert "session " in done.out
    assert "to go on" not in done.out
