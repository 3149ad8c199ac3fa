"""How a run is made: checked before, tried again, in the cloud; and what is told of failures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cloud_stand_in import RunningCloud
from lsp.conftest import write_project
from lsp.editor import PULL, SHELL, Editor, RefusedError
from lsp.scripted_agent import BUSY, FINE, ScriptedAgent
from serve_real_agent import RunningAgent

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]


def run_params(config: Path, tag: str, **more: object) -> Json:
    return {"runId": f"r-{tag}", "configUri": config.as_uri(), "tag": tag, "kwargs": {}, **more}


@pytest.fixture
def config(real_agent: RunningAgent) -> Path:
    return real_agent.project_dir / "runagent.config.json"


@pytest.fixture
def shell(editors: MakeEditor, real_agent: RunningAgent) -> Editor:
    environment = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir)}
    editor = editors([real_agent.project_dir], SHELL, environment=environment)
    editor.start()
    return editor


# --- checked before ---------------------------------------------------------------------------


def test_unfit_inputs_are_not_sent_and_every_problem_is_told(shell: Editor, config: Path) -> None:
    kwargs = {"nmae": "bob", "times": "many"}
    outcome = shell.request("runagent/run", run_params(config, "greet", kwargs=kwargs))
    error = outcome["error"]
    assert (outcome["state"], outcome["target"], outcome["attempts"]) == ("failed", None, 0)
    assert (error["code"], error["action"]) == ("VALIDATION_ERROR", "send-anyway")
    problems = {it["parameter"]: it for it in error["details"]["problems"]}
    assert problems.keys() == {"nmae", "name", "times"}
    assert problems["name"]["certain"] is True
    assert problems["times"]["certain"] is False
    for problem in problems.values():
        assert problem["message"] in error["message"]
    assert shell.of("runagent/runState") == []


def test_unfit_inputs_are_sent_anyway_when_the_user_says_so(shell: Editor, config: Path) -> None:
    params = run_params(config, "greet", kwargs={"name": 5}, validate=False)
    outcome = shell.request("runagent/run", params)
    assert outcome["attempts"] == 1
    assert "can only concatenate str" in outcome["error"]["message"]


def test_inputs_of_another_agent_are_not_judged(
    shell: Editor, config: Path, real_agent: RunningAgent
) -> None:
    target = {"port": real_agent.port, "agentId": real_agent.agent_id.upper()}
    outcome = shell.request("runagent/run", run_params(config, "greet", target=target))
    assert outcome["error"]["code"] == "AGENT_NOT_FOUND_LOCAL"


def test_a_command_checks_inputs_too(editors: MakeEditor, config: Path) -> None:
    editor = editors([config.parent], PULL)
    editor.start()
    argument = {"configUri": config.as_uri(), "tag": "greet", "kwargs": {"nmae": "bob"}}
    params = {"command": "runagent.run", "arguments": [argument]}
    outcome = editor.request("workspace/executeCommand", params)
    assert outcome["error"]["action"] == "send-anyway"
    assert "did you mean name" in editor.wait_for("window/showMessage")["message"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"userId": ""}, "userId"),
        ({"userId": 5}, "userId"),
        ({"persistentMemory": "yes"}, "persistentMemory"),
        ({"extra": []}, "extra"),
        ({"validate": 0}, "validate"),
        ({"retries": -1}, "retries"),
        ({"retries": 11}, "retries"),
        ({"retries": True}, "retries"),
        ({"retries": 1.5}, "retries"),
        ({"repeatUnsafe": 1}, "repeatUnsafe"),
        ({"target": {"cloud": "yes"}}, "target.cloud"),
        ({"target": {"cloud": True, "port": 5}}, "target.cloud excludes"),
        ({"target": {"agentId": ""}}, "target.agentId"),
        ({"target": {"cloud": True}, "configUri": None}, "must name the agent"),
    ],
)
def test_options_of_the_wrong_shape_are_refused_by_name(
    shared_shell: Editor, config: Path, changes: Json, named: str
) -> None:
    with pytest.raises(RefusedError, match=named) as refused:
        shared_shell.request("runagent/run", {**run_params(config, "echo"), **changes})
    assert refused.value.code == -32602


# --- tried again, and the traceback -------------------------------------------------------------


@pytest.fixture
def project(editors: MakeEditor, tmp_path: Path) -> tuple[Editor, Path]:
    config = write_project(tmp_path / "agent")
    editor = editors([tmp_path], SHELL)
    editor.start()
    return editor, config


def test_a_busy_agent_is_tried_again_as_often_as_asked(
    project: tuple[Editor, Path], server: ScriptedAgent
) -> None:
    editor, config = project
    server.answers = [BUSY, BUSY, FINE]
    options = {"target": server.target, "kwargs": {"name": "a"}, "repeatUnsafe": True}
    outcome = editor.request("runagent/run", run_params(config, "greet", retries=3, **options))
    assert (outcome["value"], outcome["attempts"]) == ("done", 3)
    states = [it["state"] for it in editor.of("runagent/runState")]
    assert states.count("waiting") == 2
    server.answers = [BUSY, BUSY, FINE]
    outcome = editor.request("runagent/run", run_params(config, "greet", **options))
    assert (outcome["state"], outcome["attempts"]) == ("failed", 1)


def test_user_and_extra_fields_are_sent(
    project: tuple[Editor, Path], server: ScriptedAgent
) -> None:
    editor, config = project
    server.answers = [FINE]
    options = {"userId": "ada", "persistentMemory": True, "extra": {"trace": {"a": [1]}}}
    params = run_params(config, "greet", kwargs={"name": "a"}, target=server.target, **options)
    assert editor.request("runagent/run", params)["state"] == "completed"
    (body,) = server.bodies
    assert (body["user_id"], body["persistent_memory"]) == ("ada", True)
    assert body["trace"] == {"a": [1]}


def traceback(file: str, line: int, text: str) -> str:
    return (
        'Traceback (most recent call last):\n  File "/usr/lib/python3/runner.py", line 9, in go\n'
        f'    call()\n  File "{file}", line {line}, in greet\n    {text}\nValueError: no\n'
    )


def failed(text: str) -> tuple[int, Json]:
    error = {"code": "INTERNAL_ERROR", "message": "no", "details": {"traceback": text}}
    return 200, {"success": False, "error": error}


def test_a_traceback_leads_into_the_project_and_nowhere_else(
    project: tuple[Editor, Path], server: ScriptedAgent
) -> None:
    editor, config = project
    main = config.parent / "main.py"
    line = main.read_text("utf-8").splitlines().index('    return "hello " + name * times')
    source = 'return "hello " + name * times'
    cases = [
        (str(main), line + 1, source, main.as_uri(), line),
        (str(main), 10**8, source, main.as_uri(), main.read_text("utf-8").count("\n")),
        ("/app/agents/x/main.py", line + 1, source, main.as_uri(), line),
        ("/app/agents/x/main.py", line + 1, "something else", None, line),
        (str(config.parent / "missing.py"), 3, "x = 1", None, 2),
        (str(config.parent / ".." / "agent" / "main.py"), 1, "x", None, 0),
        ("/etc/passwd", 1, "root", None, 0),
        ("<string>", 1, "x", None, 0),
    ]
    for file, number, text, uri, expected in cases:
        server.answers = [failed(traceback(file, number, text))]
        params = run_params(config, "greet", kwargs={"name": "a"}, target=server.target)
        outer, inner = editor.request("runagent/run", params)["error"]["frames"]
        assert (outer["uri"], outer["function"]) == (None, "go")
        assert (inner["uri"], inner["line"]) == (uri, expected), file
        assert (inner["file"], inner["text"]) == (file, text)


def test_a_recorded_failure_leads_into_the_project(
    editors: MakeEditor, server: ScriptedAgent, tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    environment = {"RUNAGENT_LS_HISTORY": str(tmp_path / "history.db")}
    editor = editors([tmp_path], SHELL, environment=environment)
    editor.start()
    main = config.parent / "main.py"
    source = 'return "hello " + name * times'
    line = main.read_text("utf-8").splitlines().index(f"    {source}")
    server.answers = [failed(traceback("/app/agents/x/main.py", line + 1, source))]
    params = run_params(config, "greet", kwargs={"name": "a"}, target=server.target)
    outcome = editor.request("runagent/run", params)
    asked = {"historyId": outcome["historyId"]}
    assert editor.request("runagent/history/get", asked)["error"] == outcome["error"]
    inner = outcome["error"]["frames"][-1]
    assert (inner["uri"], inner["line"]) == (main.as_uri(), line)
    main.write_text("# moved\n" * 2, "utf-8")
    editor.files_changed((main, 2))
    inner = editor.request("runagent/history/get", asked)["error"]["frames"][-1]
    assert (inner["uri"], inner["file"]) == (None, "/app/agents/x/main.py")


def test_a_failure_without_traceback_has_no_frames(shell: Editor, config: Path) -> None:
    error = shell.request("runagent/run", run_params(config, "fail"))["error"]
    assert "frames" not in error


# --- the cloud ----------------------------------------------------------------------------------


@pytest.fixture
def clouded(editors: MakeEditor, real_agent: RunningAgent, cloud: RunningCloud) -> Editor:
    """An editor whose settings name the cloud; the agent is served locally as well."""
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "SSL_CERT_FILE": str(cloud.ca_file),
    }
    settings = {"runagent": {"cloud": {"baseUrl": cloud.base_url}}}
    editor = editors([real_agent.project_dir], SHELL, settings, environment=environment)
    editor.start()
    base = {"configUri": None}
    editor.until(
        lambda: editor.request("runagent/cloud", base)["baseUrl"] == cloud.base_url,
        "the setting has been read",
    )
    return editor


def test_a_run_goes_to_the_cloud_only_when_chosen(
    clouded: Editor, config: Path, cloud: RunningCloud
) -> None:
    clouded.notify("runagent/apiKey", {"key": cloud.api_key})
    params = run_params(config, "echo", kwargs={"only": "here"})
    local = clouded.request("runagent/run", params)
    assert (local["target"]["cloud"], local["target"]["source"]) == (False, "registry")
    assert not any("only" in str(it["body"]) for it in cloud.requests())
    away = clouded.request("runagent/run", {**params, "target": {"cloud": True}, "userId": "ada"})
    assert away["value"] == {"args": [], "kwargs": {"only": "here"}}
    target = away["target"]
    assert (target["cloud"], target["source"], target["address"]) == (True, "cloud", cloud.base_url)
    (sent,) = [it for it in cloud.requests() if "only" in str(it["body"])]
    assert sent["body"]["user_id"] == "ada"
    streamed = clouded.request(
        "runagent/stream", run_params(config, "count_stream", target={"cloud": True})
    )
    assert (streamed["state"], streamed["chunks"]) == ("completed", 3)


def test_nobody_falls_back_to_the_cloud(
    clouded: Editor, config: Path, cloud: RunningCloud, tmp_path: Path
) -> None:
    """Not even with a key, and no local agent."""
    clouded.notify("runagent/apiKey", {"key": cloud.api_key})
    lonely = write_project(tmp_path / "lonely", agent_id=cloud.agent_id.replace("7", "8"))
    before = len(cloud.requests())
    outcome = clouded.request("runagent/run", run_params(lonely, "greet", kwargs={"name": "a"}))
    assert outcome["error"]["code"] == "AGENT_ADDRESS_NOT_FOUND"
    assert len(cloud.requests()) == before


def test_the_cloud_without_key_asks_for_one(clouded: Editor, config: Path) -> None:
    state = clouded.request("runagent/cloud", {"configUri": config.as_uri()})
    assert (state["hasKey"], state["keySource"], state["baseUrlSource"]) == (False, None, "given")
    assert state["account"] is None
    params = run_params(config, "echo", target={"cloud": True})
    error = clouded.request("runagent/run", params)["error"]
    assert (error["code"], error["action"]) == ("AUTHENTICATION_ERROR", "set-api-key")


def test_a_key_is_used_until_it_is_taken_back(
    clouded: Editor, config: Path, cloud: RunningCloud
) -> None:
    question = {"configUri": config.as_uri()}
    clouded.notify("runagent/apiKey", {"key": cloud.api_key})
    assert clouded.request("runagent/cloud", question)["keySource"] == "given"
    nothings: list[object] = [None, "", 5, {}]
    for nothing in nothings:
        clouded.notify("runagent/apiKey", {"key": cloud.api_key})
        clouded.notify("runagent/apiKey", {"key": nothing})
        assert clouded.request("runagent/cloud", question)["hasKey"] is False


def test_a_base_url_that_would_show_the_key_is_refused(
    editors: MakeEditor, config: Path, real_agent: RunningAgent
) -> None:
    settings = {"runagent": {"cloud": {"baseUrl": "http://cloud.test"}}}
    environment = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir)}
    editor = editors([config.parent], SHELL, settings, environment=environment)
    editor.start()
    editor.wait_for("workspace/configuration")
    editor.notify("runagent/apiKey", {"key": "rau_0123456789"})

    def error() -> Json:
        params = run_params(config, "echo", target={"cloud": True})
        found: Json = editor.request("runagent/run", params)["error"]
        return found

    editor.until(lambda: error()["code"] == "INITIALIZATION_ERROR", "the setting has been read")
    assert "https" in error()["suggestion"]
    with pytest.raises(RefusedError, match="http://") as refused:
        editor.request("runagent/cloud", {"configUri": config.as_uri()})
    assert refused.value.code == -32803
