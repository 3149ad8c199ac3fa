"""From a configuration to what is served, and the platform's words when that is not possible."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from agent_folders import MakeAgent
from runagent_ls.serve.lifecycle.planning import plan_of
from runagent_ls.serve.lifecycle.planning.loading import load, located
from runagent_ls.serve.plan import AgentPlan, PythonEntrypoint, WebhookEntrypoint
from runagent_ls.serve.state import Failure, Frame, StartFailedError

PYTHON = Path(sys.executable)
CONFIG = "runagent.config.json"
HOOK = {"webhook_url": "http://127.0.0.1:5678/x", "method": "post", "tag": "hook"}


def planned(folder: Path) -> AgentPlan:
    return plan_of(folder / CONFIG, PYTHON)


def refused(folder: Path, name: str = CONFIG) -> Failure:
    with pytest.raises(StartFailedError) as caught:
        plan_of(folder / name, PYTHON)
    return caught.value.failure


def test_an_agent_is_planned_as_its_configuration_says(make_agent: MakeAgent) -> None:
    entrypoints = [
        {"file": "main.py", "module": "greet", "tag": "greet", "extractor": {"a": "$.b"}},
        {"file": "src/x.py", "module": "a.b", "tag": "x_stream", "extractor": None},
    ]
    folder = make_agent(entrypoints=entrypoints, env_vars={"A": "1"})
    plan = planned(folder)
    assert plan.entrypoints == (
        PythonEntrypoint("greet", "main.py", "greet", {"a": "$.b"}),
        PythonEntrypoint("x_stream", "src/x.py", "a.b"),
    )
    assert (plan.name, plan.framework, plan.version) == ("demo", "default", "1.0.0")
    assert (plan.folder, plan.config_path, plan.interpreter) == (folder, folder / CONFIG, PYTHON)
    assert plan.environment == {"A": "1"}
    assert plan.config["description"] == "d"
    assert "env_vars" not in plan.config


@pytest.mark.parametrize(
    ("timeout", "seconds"), [("60", 60), ("60.0", 60), (60.0, 60), (True, 1), (..., 30)]
)
def test_webhooks_are_planned_with_their_time(
    make_agent: MakeAgent, timeout: Any, seconds: int
) -> None:
    hook = HOOK if timeout is ... else HOOK | {"timeout": timeout}
    plan = planned(make_agent(entrypoints=[hook], framework="n8n"))
    assert plan.entrypoints == (WebhookEntrypoint("hook", HOOK["webhook_url"], "post", seconds),)


def test_a_yaml_configuration_is_planned(tmp_path: Path) -> None:
    path = tmp_path / "runagent.config.yaml"
    path.write_text(
        "agent_name: demo\ndescription: d\nframework: default\ntemplate: ''\nversion: '1'\n"
        "created_at: 2025-06-25\ntemplate_source: {repo_url: '', author: '', path: ''}\n"
        "agent_id: a\nagent_architecture:\n  entrypoints:\n"
        "    - {file: main.py, module: greet, tag: greet}\n"
    )
    assert plan_of(path, PYTHON).entrypoints == (PythonEntrypoint("greet", "main.py", "greet"),)


def test_variables_of_the_env_file_go_before_those_of_the_configuration(
    make_agent: MakeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME_OF_TEST", "/home/test")
    text = "B=2\nexport C='x y' # why\nD=${HOME_OF_TEST}/d\nE=${NOPE:-e}\n"
    files = {"main.py": "", ".env": text}
    folder = make_agent(files, env_vars={"A": "${HOME}", "B": "1"})
    assert planned(folder).environment == {
        "A": "${HOME}",
        "B": "2",
        "C": "x y",
        "D": "/home/test/d",
        "E": "e",
    }


def test_a_folder_named_env_is_passed_over(make_agent: MakeAgent) -> None:
    folder = make_agent()
    (folder / ".env").mkdir()
    assert planned(folder).environment == {}


NO_ENTRYPOINTS = (
    "No entrypoints configured in {path}\nPlease add entrypoints to the agent_architecture "
    'section to enable agent execution.\nExample:\n  "agent_architecture": {{\n    '
    '"entrypoints": [\n      {{\n        "file": "agent.py",\n        "module": "app.invoke",\n'
    '        "tag": "default"\n      }}\n    ]\n  }}'
)
NO_ID = (
    "Agent ID not found in configuration. Please run 'runagent init' first to initialize your "
    "agent."
)


@pytest.mark.parametrize(
    ("fields", "message", "line_has"),
    [
        ({"agent_id": ""}, NO_ID, "agent_id"),
        ({"entrypoints": []}, NO_ENTRYPOINTS, "entrypoints"),
        ({"agent_architecture": None}, NO_ENTRYPOINTS, "agent_architecture"),
        ({"env_vars": None}, "'NoneType' object has no attribute 'items'", "env_vars"),
        (
            {"entrypoints": [HOOK]},
            "'WebHookEntryPoint' object has no attribute 'file'",
            "webhook_url",
        ),
        (
            {"entrypoints": [HOOK | {"tag": "hook_stream"}], "framework": "n8n"},
            "'N8NExecutor' object has no attribute 'get_stream_runner'",
            "hook_stream",
        ),
    ],
)
def test_what_the_platform_does_not_serve_is_refused_in_its_words(
    make_agent: MakeAgent, fields: dict[str, Any], message: str, line_has: str
) -> None:
    folder = make_agent(**fields)
    failure = refused(folder)
    assert failure.message == message.format(path=folder / CONFIG)
    (frame,) = failure.frames
    assert frame.file == folder / CONFIG
    assert line_has in (folder / CONFIG).read_text().splitlines()[frame.line - 1]
    assert failure.suggestion or "Please" in failure.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Invalid JSON format in {path}: Expecting value: line 1 column 1 (char 0)"),
        ("{}", "Error reading JSON config file {path}: Config file {path} is empty"),
        ("[]", "Error reading JSON config file {path}: Config file {path} is empty"),
        ("null", "Error reading JSON config file {path}: Config file {path} is empty"),
        ('"text"', "'str' object does not support item assignment"),
        ("[1]", "list indices must be integers or slices, not str"),
        (
            '{"a": 1,\n // x\n}',
            "Invalid JSON format in {path}: Expecting property name enclosed in double quotes: "
            "line 2 column 2 (char 10)",
        ),
    ],
)
def test_texts_that_are_no_configuration(make_agent: MakeAgent, text: str, message: str) -> None:
    folder = make_agent()
    path = folder / CONFIG
    path.write_text(text)
    failure = refused(folder)
    assert failure.message == message.format(path=path)
    assert failure.frames[0].file == path


def test_a_broken_yaml_configuration_says_where(tmp_path: Path) -> None:
    path = tmp_path / "runagent.config.yaml"
    path.write_text("agent_name: demo\n  broken: [\n")
    failure = refused(tmp_path, path.name)
    assert failure.message.startswith(f"Invalid YAML format in {path}: ")
    assert failure.frames[0].line > 1


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b'{"agent_name": "\xff"}', b"\x00" * 9]
)
def test_bytes_that_are_no_utf8_are_refused_in_words(make_agent: MakeAgent, content: bytes) -> None:
    folder = make_agent()
    (folder / CONFIG).write_bytes(content)
    failure = refused(folder)
    assert "UTF-8" in failure.message or "Invalid JSON" in failure.message


def test_what_the_loader_refuses_is_said_in_the_words_of_check(make_agent: MakeAgent) -> None:
    folder = make_agent(framework="lang-chain")
    failure = refused(folder)
    assert "lang-chain" in failure.message
    assert "langchain" in failure.message
    assert failure.suggestion is not None
    assert "runagent-ls check" in failure.suggestion
    assert '"framework"' in (failure.frames[0].text or "")


def test_more_mistakes_are_counted(make_agent: MakeAgent) -> None:
    failure = refused(make_agent(framework=1, agent_name=2, agent_id=...))
    assert failure.message.endswith("(2 more)")


def test_without_a_configuration_all_names_are_named(tmp_path: Path) -> None:
    with pytest.raises(StartFailedError) as caught:
        load(tmp_path, PYTHON)
    names = ", ".join(str(tmp_path / f"runagent.config.{kind}") for kind in ("json", "yaml", "yml"))
    assert caught.value.failure.message == f"No config file found. Tried: {names}"


def test_an_env_line_without_equals_sign_is_refused_with_its_line(make_agent: MakeAgent) -> None:
    folder = make_agent({"main.py": "", ".env": "A=secret\nJUSTKEY\n"})
    failure = refused(folder)
    assert failure.message == "env_vars.JUSTKEY: Input should be a valid string"
    assert failure.frames == (Frame(folder / ".env", 2, ""),)
    assert "secret" not in repr(failure)


def test_null_variables_with_an_env_file(make_agent: MakeAgent) -> None:
    failure = refused(make_agent({"main.py": "", ".env": "A=1\n"}, env_vars=None))
    said = "Error loading .env file: 'NoneType' object has no attribute 'update'"
    assert failure.message == said


def test_an_env_file_that_is_no_utf8(make_agent: MakeAgent) -> None:
    folder = make_agent()
    (folder / ".env").write_bytes(b"A=\xff\n")
    assert refused(folder).message.startswith("Error loading .env file: 'utf-8' codec can't")


def test_a_python_that_is_not_there_is_wrong_use(make_agent: MakeAgent, tmp_path: Path) -> None:
    with pytest.raises(StartFailedError) as caught:
        load(make_agent(), tmp_path / "nowhere" / "python")
    failure = caught.value.failure
    assert (failure.code, failure.exit_code) == ("INITIALIZATION_ERROR", 2)
    assert str(tmp_path / "nowhere" / "python") in failure.message


def test_a_failure_without_a_line_stands_at_its_entrypoint(make_agent: MakeAgent) -> None:
    entrypoints = [
        {"file": "main.py", "module": "greet", "tag": "greet"},
        {"file": "nope.py", "module": "greet", "tag": "other"},
    ]
    folder = make_agent(entrypoints=entrypoints)
    text = (folder / CONFIG).read_text().splitlines()
    found = located(
        Failure("NOT_FOUND", "Entry point file not found", tag="other"), folder / CONFIG
    )
    (frame,) = found.frames
    assert '"nope.py"' in "".join(text[frame.line - 1 : frame.line + 2])
    known = Failure("X", "m", tag="other", frames=(Frame(folder / "main.py", 3, "f"),))
    assert located(known, folder / CONFIG) == known
