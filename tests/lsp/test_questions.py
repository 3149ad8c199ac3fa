"""What the shell asks about agents and runs: metrics, status, client code."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cloud_stand_in import RunningCloud
from lsp.conftest import write_project
from lsp.editor import SHELL, Editor, RefusedError
from serve_real_agent import RunningAgent, interpreter

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]


@pytest.fixture
def config(real_agent: RunningAgent) -> Path:
    return real_agent.project_dir / "runagent.config.json"


@pytest.fixture
def shell(editors: MakeEditor, real_agent: RunningAgent, tmp_path: Path) -> Editor:
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(tmp_path / "history.db"),
    }
    editor = editors([real_agent.project_dir], SHELL, environment=environment)
    editor.start()
    return editor


def run(editor: Editor, config: Path, tag: str, **more: object) -> Json:
    method = "runagent/stream" if tag.endswith("_stream") else "runagent/run"
    params = {"runId": f"r-{tag}", "configUri": config.as_uri(), "tag": tag, "kwargs": {}, **more}
    outcome: Json = editor.request(method, params)
    return outcome


# --- metrics ------------------------------------------------------------------------------------


def test_metrics_count_what_ran(shell: Editor, config: Path) -> None:
    nothing = shell.request("runagent/metrics", {})["snapshot"]
    assert nothing["sessions"]["total"] == 0
    run(shell, config, "echo")
    failed = run(shell, config, "fail")
    run(shell, config, "count_stream", kwargs={"n": 7})
    params = {
        "runId": "endless", "configUri": config.as_uri(), "tag": "endless_stream", "kwargs": {},
    }  # fmt: skip
    running = shell.begin("runagent/stream", params)
    shell.wait_for("runagent/output", lambda it: it["runId"] == "endless")
    assert shell.request("runagent/metrics", {})["snapshot"]["sessions"]["active"] == 1
    shell.request("runagent/cancel", {"runId": "endless"})
    cancelled = shell.answer(running)
    answer = shell.request("runagent/metrics", {})
    snapshot = answer["snapshot"]
    assert snapshot["sessions"] == {
        "active": 0, "total": 4, "completed": 2, "failed": 1, "cancelled": 1,
    }  # fmt: skip
    assert snapshot["errors"] == {failed["error"]["code"]: 1}
    assert snapshot["chunks"] == 7 + cancelled["chunks"]
    assert snapshot["latency"]["count"] == 4
    assert snapshot["operations"]["count_stream"] == 1
    assert "# TYPE" in answer["prometheus"] and "\n" in answer["prometheus"]


# --- status -------------------------------------------------------------------------------------


def test_status_tells_what_the_server_says(
    shell: Editor, config: Path, real_agent: RunningAgent
) -> None:
    run(shell, config, "greet", kwargs={"name": "asked"})
    status = shell.request("runagent/status", {"configUri": config.as_uri(), "limit": 200})
    assert status["problems"] == []
    assert status["target"]["port"] == real_agent.port
    assert status["health"]["agentId"] == real_agent.agent_id
    assert status["health"]["uptimeS"] >= 0
    assert "greet" in [it["tag"] for it in status["entrypoints"]]
    assert any("asked" in str(it["input"]) for it in status["invocations"])
    assert status["stats"]["total"] >= len(status["invocations"]) > 0
    few = shell.request("runagent/status", {"configUri": config.as_uri(), "limit": 0})
    assert few["invocations"] is None


def test_status_of_nobody_is_a_problem_not_a_failure(editors: MakeEditor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    editor = editors([tmp_path], SHELL, environment={"RUNAGENT_CACHE_DIR": str(tmp_path)})
    editor.start()
    status = editor.request("runagent/status", {"configUri": config.as_uri()})
    (problem,) = status.pop("problems")
    assert problem["code"] == "AGENT_ADDRESS_NOT_FOUND"
    assert set(status.values()) == {None}


def test_status_in_the_cloud(
    editors: MakeEditor, real_agent: RunningAgent, config: Path, cloud: RunningCloud
) -> None:
    environment = {
        "RUNAGENT_API_KEY": cloud.api_key,
        "RUNAGENT_BASE_URL": cloud.base_url,
        "SSL_CERT_FILE": str(cloud.ca_file),
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
    }
    editor = editors([real_agent.project_dir], SHELL, environment=environment)
    editor.start()
    params = {"configUri": config.as_uri(), "target": {"cloud": True}}
    status = editor.request("runagent/status", params)
    assert (status["problems"], status["target"]["cloud"]) == ([], True)
    assert status["status"] == "deployed"
    assert "greet" in [it["tag"] for it in status["entrypoints"]]
    assert status["invocations"] is None


def test_the_cloud_is_named_by_the_settings_however_early_it_is_asked(
    editors: MakeEditor, real_agent: RunningAgent, config: Path
) -> None:
    editor = editors([real_agent.project_dir], SHELL)
    editor.settings = {"runagent": {"cloud": {"baseUrl": "http://127.0.0.1:9"}}}
    editor.start()
    cloud = editor.request("runagent/cloud", {"configUri": config.as_uri()})
    assert (cloud["baseUrl"], cloud["baseUrlSource"]) == ("http://127.0.0.1:9", "given")


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"configUri": None}, "configUri or target"),
        ({"limit": 201}, "limit"),
        ({"limit": True}, "limit"),
        ({"target": {"port": -1}}, "target.port"),
        ({"timeouts": []}, "timeouts"),
    ],
)
def test_wrong_questions_about_status_are_refused(
    shared_shell: Editor, config: Path, params: Json, named: str
) -> None:
    with pytest.raises(RefusedError, match=named):
        shared_shell.request("runagent/status", {"configUri": config.as_uri(), **params})


# --- client code --------------------------------------------------------------------------------


def client(editor: Editor, config: Path, tag: str, language: str, **more: object) -> Json:
    params = {"configUri": config.as_uri(), "tag": tag, "language": language, **more}
    code: Json = editor.request("runagent/client", params)
    return code


def test_client_code_runs(
    shell: Editor, config: Path, real_agent: RunningAgent, tmp_path: Path
) -> None:
    code = client(shell, config, "greet", "python", kwargs={"name": "Eve"})
    assert code["languageId"] == "python"
    program = tmp_path / code["fileName"]
    program.write_text(code["text"], "utf-8")
    done = subprocess.run(
        [str(interpreter()), str(program)],
        env={"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "hello Eve" in done.stdout, done.stderr


def test_client_code_with_the_inputs_of_the_last_run(shell: Editor, config: Path) -> None:
    none_yet = client(shell, config, "greet", "python", lastRun=True)
    assert any("No run of greet is recorded" in note for note in none_yet["notes"])
    run(shell, config, "greet", kwargs={"name": "Zoe"})
    assert "Zoe" in client(shell, config, "greet", "python", lastRun=True)["text"]
    given = client(shell, config, "greet", "python", lastRun=True, kwargs={"name": "Kim"})
    assert "Kim" in given["text"] and "Zoe" not in given["text"]
    assert "Zoe" not in client(shell, config, "greet", "python")["text"]


@pytest.mark.parametrize("language", ["python", "typescript", "go", "rust", "curl"])
def test_client_code_in_every_language(shared_shell: Editor, config: Path, language: str) -> None:
    plain = client(shared_shell, config, "greet", language)
    in_cloud = client(shared_shell, config, "greet", language, target={"cloud": True})
    assert "greet" in plain["text"]
    assert plain["text"] != in_cloud["text"]


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"tag": "gret"}, "greet"),
        ({"tag": ""}, "tag"),
        ({"language": "cobol"}, "language"),
        ({"configUri": "x:y"}, "configUri"),
        ({"lastRun": "yes"}, "lastRun"),
        ({"args": {}}, "args"),
        ({"kwargs": []}, "kwargs"),
    ],
)
def test_wrong_questions_for_client_code_are_refused(
    shared_shell: Editor, config: Path, params: Json, named: str
) -> None:
    asked = {"configUri": config.as_uri(), "tag": "greet", "language": "python", **params}
    with pytest.raises(RefusedError, match=named) as refused:
        shared_shell.request("runagent/client", asked)
    assert refused.value.code == -32602
