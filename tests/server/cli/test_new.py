"""`runagent-ls new`: agents that check clean and are served by the real package."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from run_cli import Cli
from runagent_ls.agents.call import Call, Chunk
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.targets.target import Target
from runagent_ls.features.new_agent.templates import TEMPLATES
from runagent_ls.serve.supervisor.provided import provided_modules
from serve_real_agent import RunningAgent

CONFIG = "runagent.config.json"


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_agent_checks_clean_also_when_it_is_imported(
    cli: Cli, tmp_path: Path, template: str
) -> None:
    done = cli("new", "my agent", "--template", template)
    assert (done.code, done.err) == (0, "")
    assert "`runagent-ls serve 'my agent'` serves the agent" in done.out
    assert "`runagent-ls check 'my agent'` looks for mistakes" in done.out
    files = 4 + len(TEMPLATES[template].modules)
    written = [it for it in (tmp_path / "my agent").rglob("*") if it.is_file()]
    assert done.out.count("wrote") == len(written) == files
    checked = cli("check", "--verify", "--output-format", "json", "my agent")
    found = [it for file in json.loads(checked.out)["files"] for it in file["diagnostics"]]
    assert (checked.code, found) == (0, [])
    config = json.loads((tmp_path / "my agent" / CONFIG).read_text())
    assert (config["agent_name"], config["framework"]) == ("my agent", "default")


def test_a_new_agent_in_steps_brings_cases_that_pass(cli: Cli, tmp_path: Path) -> None:
    assert cli("new", "my agent", "--template", "react").code == 0
    env = {"RUNAGENT_LS_STATE": str(tmp_path / "state")}
    done = cli("test", "my agent", "--output-format", "json", env=env)
    told = json.loads(done.out)
    assert (done.code, told["passed"], told["failed"], told["errors"]) == (0, 2, 0, 0), done.out


async def test_the_real_server_serves_new_agents(
    cli: Cli, tmp_path: Path, serve_real_agent: Callable[[Path], RunningAgent]
) -> None:
    assert cli("new", "basic").code == cli("new", "talk", "--template", "conversation").code == 0
    basic, talk = serve_real_agent(tmp_path / "basic"), serve_real_agent(tmp_path / "talk")
    async with AgentClient(_target(basic)) as client:
        answer = await client.run(Call("answer", kwargs={"question": "why so"}))
        assert answer.value == {"answer": "You asked: why so", "words": 2}
        call = Call("answer_stream", kwargs={"question": "why", "pause": 0})
        assert [it.value async for it in client.stream(call) if isinstance(it, Chunk)] == [
            "You ",
            "asked: ",
            "why ",
        ]
    async with AgentClient(_target(talk)) as client:
        for number, said in enumerate(("one", "two"), start=1):
            inputs = {"message": said, "visitor": "Ada"}
            reply: Any = (await client.run(Call("reply", kwargs=inputs))).value
            assert reply["messages"] == number
        assert "Before that: one" in reply["reply"]
        call = Call("replay_stream", kwargs={"visitor": "Ada", "pause": 0})
        chunks = [it.value async for it in client.stream(call) if isinstance(it, Chunk)]
        assert chunks == ["one", "two"]
        forgotten = await client.run(Call("forget", kwargs={"visitor": "Ada"}))
        assert forgotten.value == 2


@pytest.mark.parametrize("copied", [False, True])
async def test_the_real_server_serves_an_agent_in_steps_where_the_runtime_is_installed_or_copied(
    cli: Cli,
    tmp_path: Path,
    serve_real_agent: Callable[[Path], RunningAgent],
    monkeypatch: pytest.MonkeyPatch,
    copied: bool,
) -> None:
    installed = tmp_path / "installed"
    installed.mkdir()
    for name, folder in provided_modules().items():
        file = name if Path(folder, name).is_dir() else f"{name}.py"
        (installed / file).symlink_to(Path(folder, file))
    assert cli("new", "steps", "--template", "react").code == 0
    if copied:  # the libraries are installed, as requirements.txt would have it
        runtime = (installed / "agent_runtime").rename(tmp_path / "runtime").resolve()
        without = shutil.ignore_patterns("__pycache__")
        shutil.copytree(runtime, tmp_path / "steps" / "agent_runtime", ignore=without)
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", str(installed))
        agent = serve_real_agent(tmp_path / "steps")
    async with AgentClient(_target(agent)) as client:
        question = {"question": "What is 12 * (3 + 4), and that minus 4?", "session_id": "one"}
        answer: Any = (await client.run(Call("ask", kwargs=question))).value
        assert answer == {"answer": "84\n80", "steps": 3, "session": "one"}
        again = Call("ask_stream", kwargs={**question, "resume_from_step": 1})
        events: list[Any] = [it.value async for it in client.stream(again) if isinstance(it, Chunk)]
    assert events[0]["type"] == "session_started"
    assert events[0]["forked_from"] == {"session": "one", "step": 1}
    assert events[-1]["reason"] == "answered"


def test_the_agent_in_steps_names_the_libraries_of_the_runtime(cli: Cli, tmp_path: Path) -> None:
    """Each behind a #: where the runtime is lent they need not be installed."""
    assert cli("new", "steps", "--template", "react").code == 0
    runtime = Path(provided_modules()["agent_runtime"], "agent_runtime", "pyproject.toml")
    needed = tomllib.loads(runtime.read_text("utf-8"))["project"]["dependencies"]
    lines = (tmp_path / "steps" / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
    assert [line[1:] for line in lines if line.startswith("#") and line[1] != " "] == needed
    page = Path(__file__).parents[3] / "docs" / "agent-runtime.md"
    assert "\n".join(["```text", *needed, "```"]) in page.read_text("utf-8")


def _target(agent: RunningAgent) -> Target:
    return Target(agent.host, agent.port, agent.agent_id, "explicit")


def test_the_current_folder_becomes_an_agent_and_is_never_overwritten(
    cli: Cli, tmp_path: Path
) -> None:
    assert cli("new", "--name", "Other").code == 0
    config = (tmp_path / CONFIG).read_text()
    assert json.loads(config)["agent_name"] == "Other"
    again = cli("new")
    assert again.code == 2
    assert "is an agent already" in again.err
    assert (tmp_path / CONFIG).read_text() == config


def test_nothing_is_left_behind_when_writing_fails(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / "main.py").symlink_to(folder / "nowhere")  # is not there, yet cannot be made
    done = cli("new", "made")
    assert done.code == 2
    assert "main.py cannot be written" in done.err
    assert [it.name for it in folder.iterdir()] == ["main.py"]


CODE = '''def greet(name: str) -> str:
    """Say hello."""
    return f"hello {name}"


def chatter():
    yield "a"


def _own():
    return 1
'''


def test_code_becomes_an_agent(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(CODE)
    listed = cli("new", "--from-code", "--list")
    assert listed.code == 0
    assert "main.py:greet(name: str) -> str  as greet" in listed.out
    assert "main.py:chatter()  as chatter_stream" in listed.out
    assert "_own" not in listed.out
    assert not (tmp_path / CONFIG).exists()
    done = cli("new", "--from-code", "--function", "main.py:chatter", "--function", "main.py:greet")
    assert done.code == 0
    entrypoints = json.loads((tmp_path / CONFIG).read_text())["agent_architecture"]["entrypoints"]
    assert entrypoints == [
        {"file": "main.py", "module": "chatter", "tag": "chatter_stream"},
        {"file": "main.py", "module": "greet", "tag": "greet"},
    ]
    assert cli("check").code == 0
    assert (tmp_path / "main.py").read_text() == CODE


def test_what_looks_like_it_is_chosen_by_itself(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(CODE)
    assert cli("new", "--from-code").code == 0
    entrypoints = json.loads((tmp_path / CONFIG).read_text())["agent_architecture"]["entrypoints"]
    assert [it["tag"] for it in entrypoints] == ["greet"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--template", "besic"), "Did you mean basic?"),
        (("--list",), "are for --from-code"),
        (("--from-code", "--template", "basic"), "--template is for a new agent"),
        (("--from-code",), "No function to offer was found"),
        (("--from-code", "gone"), "is no folder"),
    ],
)
def test_wrong_use(cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    done = cli("new", *arguments)
    assert done.code == 2
    assert words in done.err


def test_a_function_that_is_not_there_is_named_with_the_nearest(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(CODE)
    done = cli("new", "--from-code", "--function", "main.py:great")
    assert done.code == 2
    assert "Did you mean main.py:greet?" in done.err
