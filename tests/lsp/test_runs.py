"""Running real agents through the server: by our messages and by plain LSP."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import write_project
from lsp.editor import PULL, PUSH, SHELL, Editor, RefusedError
from serve_real_agent import RunningAgent, signed_in_registry

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]


def config_uri(agent: RunningAgent) -> str:
    return (agent.project_dir / "runagent.config.json").as_uri()


@pytest.fixture
def shell(editors: MakeEditor, real_agent: RunningAgent) -> Editor:
    """An editor with the RunAgent shell, which finds the agent through the registry."""
    environment = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir)}
    editor = editors([real_agent.project_dir], SHELL, environment=environment)
    editor.start()
    return editor


@pytest.fixture
def plain(editors: MakeEditor, real_agent: RunningAgent) -> Editor:
    """Any other editor."""
    environment = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir)}
    editor = editors([real_agent.project_dir], PULL, environment=environment)
    editor.start()
    return editor


def run_params(agent: RunningAgent, tag: str, **more: object) -> Json:
    return {"runId": f"r-{tag}", "configUri": config_uri(agent), "tag": tag, "kwargs": {}, **more}


def items_of(editor: Editor, run_id: str) -> list[Json]:
    outputs = [it for it in editor.of("runagent/output") if it["runId"] == run_id]
    assert [it["seq"] for it in outputs] == list(range(len(outputs)))
    return [item for output in outputs for item in output["items"]]


# --- projects and entrypoints ---------------------------------------------------------------


def test_projects_are_listed(shell: Editor, real_agent: RunningAgent) -> None:
    (project,) = shell.request("runagent/projects", {})["projects"]
    assert project["configUri"] == config_uri(real_agent)
    assert project["rootUri"] == real_agent.project_dir.as_uri()
    assert project["name"] == "everything"
    assert project["agentId"] == real_agent.agent_id
    kinds = {it["tag"]: (it["kind"], it["streams"]) for it in project["entrypoints"]}
    assert (kinds["greet"], kinds["count_stream"]) == (("python", False), ("python", True))
    (greet,) = [it for it in project["entrypoints"] if it["tag"] == "greet"]
    assert greet["signature"].startswith("(name: str")


def test_projects_change_when_a_config_comes(editors: MakeEditor, tmp_path: Path) -> None:
    editor = editors([tmp_path], SHELL)
    editor.start()
    assert editor.request("runagent/projects", {}) == {"projects": []}
    config = write_project(tmp_path / "agent", agent_name="", framework=7, agent_id=None)
    editor.files_changed((config, 1))
    editor.wait_for("runagent/projectsChanged")
    (project,) = editor.request("runagent/projects", {})["projects"]
    assert (project["name"], project["agentId"], project["framework"]) == ("agent", None, None)


def test_an_entrypoint_tells_what_a_form_needs(editors: MakeEditor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    editor = editors([tmp_path], SHELL)
    editor.start()
    asked = {"configUri": config.as_uri(), "tag": "greet"}
    info = editor.request("runagent/entrypoint", asked)
    assert info["signature"] == "greet(name: str, times: int = 1) -> str"
    assert info["documentation"].startswith("Say hello.")
    name, times = info["parameters"]
    assert (name["name"], name["required"], name["annotation"]) == ("name", True, "str")
    assert name["description"] == "Who is greeted."
    assert "defaultValue" not in name
    assert (times["required"], times["defaultText"], times["defaultValue"]) == (False, "1", 1)
    assert info["inputSchema"]["properties"]["times"]["type"] == "integer"
    assert info["inputSchema"]["required"] == ["name"]
    with pytest.raises(RefusedError, match=r"'gret'.*greet, count_stream"):
        editor.request("runagent/entrypoint", {**asked, "tag": "gret"})
    with pytest.raises(RefusedError, match="configUri"):
        editor.request("runagent/entrypoint", {**asked, "configUri": "untitled:x"})


def test_check_counts_what_it_finds(editors: MakeEditor, tmp_path: Path) -> None:
    write_project(tmp_path / "good")
    write_project(tmp_path / "bad", framework="langhcain")
    editor = editors([tmp_path], SHELL)
    editor.start()
    result = editor.request("runagent/check", {})
    assert (result["projects"], result["errors"]) == (2, 1)


# --- run ------------------------------------------------------------------------------------


def test_run_answers_the_value(shell: Editor, real_agent: RunningAgent) -> None:
    params = run_params(real_agent, "greet", kwargs={"name": "🦉", "times": 2})
    outcome = shell.request("runagent/run", params)
    assert outcome["state"] == "completed"
    assert outcome["value"] == {"greeting": "hello 🦉🦉", "n": 2}
    assert outcome["target"]["port"] == real_agent.port
    assert outcome["target"]["source"] == "registry"
    assert outcome["target"]["leavesMachine"] is False
    states = [it["state"] for it in shell.of("runagent/runState")]
    assert states == ["resolving", "connecting", "running"]


def test_an_explicit_target_needs_no_config(shell: Editor, real_agent: RunningAgent) -> None:
    target = {"host": real_agent.host, "port": real_agent.port}
    params = run_params(real_agent, "echo", configUri=None, args=[1], target=target)
    outcome = shell.request("runagent/run", params)
    assert outcome["value"] == {"args": [1], "kwargs": {}}
    assert outcome["target"]["source"] == "explicit"


def test_the_setting_names_the_target(editors: MakeEditor, real_agent: RunningAgent) -> None:
    target = {"target": {"host": real_agent.host, "port": real_agent.port}}
    editor = editors([real_agent.project_dir], SHELL, {"runagent": target})
    editor.start()
    editor.wait_for("workspace/configuration")

    def source() -> str | None:
        outcome = editor.request("runagent/run", run_params(real_agent, "echo"))
        return (outcome["target"] or {}).get("source")

    editor.until(lambda: source() == "setting", "the setting has been read")


HOSTILE: list[Json] = [
    {"class": 1, "def": [None], "__proto__": {"a": 1}, "constructor": "x"},
    {"": "", " ": " ", "a.b": "c", "$ref": "#/x", "jsonrpc": "2.0", "id": 5, "method": "exit"},
    {"type": "string", "payload": '"x"', "type_name": "Object"},
    {"self": 1, "ls": 2, "params": 3},
    {"text": "\u0000\u2028\u202e<script>alert(1)</script>[link](command:x)"},
    {"big": 2**53 - 1, "deep": json.loads("[" * 50 + "]" * 50)},
    {"long": "x" * 200_000},
]


@pytest.mark.parametrize("kwargs", HOSTILE, ids=range(len(HOSTILE)))
def test_arguments_reach_the_function_as_they_are(
    shared_shell: Editor, real_agent: RunningAgent, kwargs: Json
) -> None:
    outcome = shared_shell.request("runagent/run", run_params(real_agent, "echo", kwargs=kwargs))
    assert outcome["value"] == {"args": [], "kwargs": kwargs}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"runId": ""}, "runId"),
        ({"runId": 5}, "runId"),
        ({"tag": None}, "tag"),
        ({"kwargs": [1]}, "kwargs"),
        ({"kwargs": None}, "kwargs"),
        ({"args": {}}, "args"),
        ({"configUri": None}, "configUri"),
        ({"configUri": "vscode-vfs://x/y"}, "configUri"),
        ({"target": {"port": 0}}, "port"),
        ({"target": {"port": True}}, "port"),
        ({"target": "here"}, "target"),
        ({"timeouts": {"total": -1}}, "timeouts.total"),
        ({"timeouts": 5}, "timeouts"),
    ],
)
def test_parameters_of_the_wrong_shape_are_refused_by_name(
    shared_shell: Editor, real_agent: RunningAgent, changes: Json, named: str
) -> None:
    with pytest.raises(RefusedError, match=named) as refused:
        shared_shell.request("runagent/run", {**run_params(real_agent, "echo"), **changes})
    assert refused.value.code == -32602


def test_failures_are_outcomes_with_advice(shell: Editor, real_agent: RunningAgent) -> None:
    failed = shell.request("runagent/run", run_params(real_agent, "fail"))
    assert failed["state"] == "failed" and "boom 1" in failed["error"]["message"]
    wrong_way = shell.request("runagent/run", run_params(real_agent, "count_stream"))
    assert wrong_way["error"]["code"] == "STREAM_ENTRYPOINT"
    other_way = shell.request("runagent/stream", run_params(real_agent, "greet"))
    assert other_way["error"]["code"] == "NON_STREAM_ENTRYPOINT"
    unknown = shell.request("runagent/run", run_params(real_agent, "no-such-tag"))
    assert unknown["error"]["code"] == "NOT_FOUND"
    nobody = run_params(real_agent, "greet", target={"host": "127.0.0.1", "port": 1})
    refused = shell.request("runagent/run", nobody)
    assert refused["state"] == "failed" and refused["error"]["suggestion"]


def test_values_that_json_has_no_words_for_arrive(shell: Editor, real_agent: RunningAgent) -> None:
    for name in ("nan", "infinity", "big", "nested", "null"):
        params = run_params(real_agent, "value_of", kwargs={"name": name})
        assert shell.request("runagent/run", params)["state"] == "completed"


# --- stream ---------------------------------------------------------------------------------


def test_chunks_come_before_the_end(
    shell: Editor, real_agent: RunningAgent, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    params = run_params(real_agent, "stepwise_stream", kwargs={"gate": str(gate)})
    running = shell.begin("runagent/stream", params)
    first = shell.wait_for("runagent/output")
    assert first["items"][0]["text"] == "first"
    gate.write_text("")
    outcome = shell.answer(running)
    assert (outcome["state"], outcome["chunks"]) == ("completed", 2)
    assert outcome["firstChunkMs"] <= outcome["elapsedMs"]
    assert [item["text"] for item in items_of(shell, params["runId"])] == ["first", "second"]


def test_many_chunks_arrive_in_order_and_few_messages(
    shell: Editor, real_agent: RunningAgent
) -> None:
    params = run_params(real_agent, "count_stream", kwargs={"n": 3000})
    begin = time.monotonic()
    outcome = shell.request("runagent/stream", params, limit=180)
    seconds = time.monotonic() - begin
    items = items_of(shell, params["runId"])
    assert outcome["chunks"] == 3000
    assert [item["value"]["i"] for item in items] == list(range(3000))
    assert [item["index"] for item in items] == list(range(3000))
    assert len(shell.of("runagent/output")) <= 31 * seconds + 4


def test_a_long_chunk_is_cut_for_display(shell: Editor, real_agent: RunningAgent) -> None:
    size = 3_000_000
    params = run_params(real_agent, "large_stream", kwargs={"size": size})
    assert shell.request("runagent/stream", params, limit=180)["state"] == "completed"
    long, end = items_of(shell, params["runId"])
    assert long["truncatedFrom"] == size
    assert len(long["text"]) < 1_000_000
    assert end["text"] == "end"


def test_an_editor_that_does_not_keep_up_is_not_flooded(
    shell: Editor, real_agent: RunningAgent
) -> None:
    shell.acknowledges = False
    params = run_params(real_agent, "endless_stream", kwargs={"pause": 0.001})
    running = shell.begin("runagent/stream", params)
    shell.until(lambda: len(shell.of("runagent/output")) == 4, "four batches are on their way")
    # Calls of the same agent take their time, in which a fifth batch would have come.
    for number in range(8):
        params_of_call = run_params(real_agent, "echo", runId=f"call-{number}")
        assert shell.request("runagent/run", params_of_call)["state"] == "completed"
    assert len(shell.of("runagent/output")) == 4
    shell.notify("runagent/outputAck", {"runId": params["runId"], "seq": 3})
    shell.until(lambda: len(shell.of("runagent/output")) == 8, "the acknowledgement lets more out")
    assert shell.request("runagent/cancel", {"runId": params["runId"]})["found"]
    assert shell.answer(running)["state"] == "cancelled"


@pytest.mark.parametrize("sequence", [-1, 10**9, None, "1", True])
def test_nonsense_acknowledgements_change_nothing(
    shell: Editor, real_agent: RunningAgent, sequence: object
) -> None:
    shell.acknowledges = False
    running = shell.begin("runagent/stream", run_params(real_agent, "endless_stream"))
    shell.until(lambda: len(shell.of("runagent/output")) == 4, "four batches are on their way")
    shell.notify("runagent/outputAck", {"runId": "r-endless_stream", "seq": sequence})
    shell.notify("runagent/outputAck", {"runId": "of nobody", "seq": 3})
    shell.request("runagent/cancel", {"runId": "r-endless_stream"})
    assert shell.answer(running)["state"] == "cancelled"


# --- cancel ---------------------------------------------------------------------------------


def test_cancelling_a_stream_stops_the_function(
    shell: Editor, real_agent: RunningAgent, tmp_path: Path
) -> None:
    marker = tmp_path / "closed"
    params = run_params(real_agent, "endless_stream", kwargs={"marker": str(marker)})
    running = shell.begin("runagent/stream", params)
    shell.wait_for("runagent/output")
    result = shell.request("runagent/cancel", {"runId": params["runId"]})
    assert (result["found"], result["stopped"]) == (True, True)
    outcome = shell.answer(running)
    assert (outcome["state"], outcome["stopped"]) == ("cancelled", True)
    assert outcome["chunks"] >= 1
    shell.until(marker.exists, "the agent's generator is closed")


def test_cancelling_a_call_says_that_the_function_goes_on(
    shell: Editor, real_agent: RunningAgent, tmp_path: Path
) -> None:
    path, gate = tmp_path / "written", tmp_path / "gate"
    kwargs = {"path": str(path), "gate": str(gate)}
    running = shell.begin("runagent/run", run_params(real_agent, "write_after", kwargs=kwargs))
    shell.until(Path(f"{path}.begun").exists, "the function has begun")
    result = shell.request("runagent/cancel", {"runId": "r-write_after"})
    assert (result["found"], result["stopped"]) == (True, False)
    assert "goes on" in result["message"]
    assert shell.answer(running)["stopped"] is False
    gate.write_text("")
    shell.until(path.exists, "the function went on")


def test_the_lsp_way_to_cancel_works_as_well(shell: Editor, real_agent: RunningAgent) -> None:
    running = shell.begin("runagent/stream", run_params(real_agent, "endless_stream"))
    shell.wait_for("runagent/output")
    shell.notify("$/cancelRequest", {"id": running})
    assert shell.answer(running)["state"] == "cancelled"


def test_cancelling_what_does_not_run_says_so(shell: Editor) -> None:
    result = shell.request("runagent/cancel", {"runId": "nobody"})
    assert (result["found"], result["stopped"]) == (False, False)


def test_an_id_cannot_run_twice_at_once(shell: Editor, real_agent: RunningAgent) -> None:
    params = run_params(real_agent, "endless_stream")
    running = shell.begin("runagent/stream", params)
    shell.wait_for("runagent/output")
    with pytest.raises(RefusedError, match="going on already"):
        shell.request("runagent/stream", params)
    shell.request("runagent/cancel", {"runId": params["runId"]})
    assert shell.answer(running)["state"] == "cancelled"


def test_shutdown_ends_what_runs(shell: Editor, real_agent: RunningAgent, tmp_path: Path) -> None:
    marker = tmp_path / "closed"
    params = run_params(real_agent, "endless_stream", kwargs={"marker": str(marker)})
    shell.begin("runagent/stream", params)
    shell.wait_for("runagent/output")
    assert shell.stop() == 0
    shell.until(marker.exists, "the agent's generator is closed")


def test_editing_goes_on_while_a_stream_runs(shell: Editor, real_agent: RunningAgent) -> None:
    running = shell.begin(
        "runagent/stream", run_params(real_agent, "endless_stream", kwargs={"pause": 0.0})
    )
    shell.wait_for("runagent/output")
    uri = shell.open(real_agent.project_dir / "runagent.config.json")
    assert shell.pull(uri)["kind"] == "full"
    shell.request("runagent/cancel", {"runId": "r-endless_stream"})
    assert shell.answer(running)["state"] == "cancelled"


# --- plain LSP ------------------------------------------------------------------------------


def command(agent: RunningAgent, name: str, tag: str, **more: object) -> Json:
    argument = {"configUri": config_uri(agent), "tag": tag, **more}
    return {"command": name, "arguments": [argument]}


def test_any_editor_runs_an_agent(plain: Editor, real_agent: RunningAgent) -> None:
    params = command(real_agent, "runagent.run", "greet", kwargs={"name": "bob"})
    result = plain.request("workspace/executeCommand", params)
    assert result["value"] == {"greeting": "hello bob", "n": 1}
    shown = plain.wait_for("window/showMessage")
    assert "hello bob" in shown["message"]
    assert any("hello bob" in it["message"] for it in plain.of("window/logMessage"))
    kinds = [it["value"]["kind"] for it in plain.of("$/progress")]
    assert kinds[0] == "begin" and kinds[-1] == "end" and "report" in kinds


def test_any_editor_streams_with_its_own_token(plain: Editor, real_agent: RunningAgent) -> None:
    params = command(real_agent, "runagent.stream", "words_stream")
    result = plain.request("workspace/executeCommand", {**params, "workDoneToken": "mine"})
    assert result["output"] == ["once", "upon", "a", "time"]
    assert result["outputIsComplete"] is True
    assert plain.of("window/workDoneProgress/create") == []
    reports = [it for it in plain.of("$/progress") if it["token"] == "mine"]
    assert "once" in " ".join(it["value"].get("message", "") for it in reports)
    assert plain.of("runagent/output") == []


def test_missing_inputs_are_named(plain: Editor, real_agent: RunningAgent) -> None:
    params = command(real_agent, "runagent.run", "greet")
    result = plain.request("workspace/executeCommand", params)
    assert result["state"] == "failed"
    assert "name is missing" in result["error"]["message"]
    shown = plain.wait_for("window/showMessage")
    assert shown["type"] == 1 and "name is missing" in shown["message"]
    given = command(real_agent, "runagent.run", "greet", args=["bob"])
    assert plain.request("workspace/executeCommand", given)["state"] == "completed"


def test_an_unknown_tag_is_answered_with_those_there_are(
    plain: Editor, real_agent: RunningAgent
) -> None:
    params = command(real_agent, "runagent.run", "gret")
    result = plain.request("workspace/executeCommand", params)
    assert "'gret'" in result["error"]["message"] and "greet" in result["error"]["message"]


@pytest.mark.parametrize("arguments", [None, [], [5], [{}], [{"tag": 5}], [{"configUri": "x:y"}]])
def test_arguments_of_the_wrong_shape_are_refused(plain: Editor, arguments: object) -> None:
    params = {"command": "runagent.run", "arguments": arguments}
    with pytest.raises(RefusedError) as refused:
        plain.request("workspace/executeCommand", params)
    assert refused.value.code == -32602


def test_progress_tells_of_copies_to_the_cloud(
    editors: MakeEditor, plain: Editor, real_agent: RunningAgent, tmp_path: Path
) -> None:
    cache = signed_in_registry(real_agent, tmp_path / "cache")
    environment = {"RUNAGENT_CACHE_DIR": str(cache)}
    signed_in = editors([real_agent.project_dir], PULL, environment=environment)
    signed_in.start()
    config = real_agent.project_dir / "runagent.config.json"
    argument = {"configUri": config.as_uri(), "tag": "echo", "kwargs": {}}
    params = {"command": "runagent.run", "arguments": [argument], "workDoneToken": "mine"}
    where = f"Running at {real_agent.host}:{real_agent.port}"
    for editor, copies in ((signed_in, True), (plain, False)):
        outcome = editor.request("workspace/executeCommand", params)
        assert outcome["target"]["copiesToCloud"] is copies
        told = [it["value"].get("message", "") for it in editor.of("$/progress")]
        words = f"{where}, which sends a copy to the cloud" if copies else where
        assert words in told


def test_progress_can_be_cancelled(plain: Editor, real_agent: RunningAgent) -> None:
    params = command(real_agent, "runagent.stream", "endless_stream")
    running = plain.begin("workspace/executeCommand", params)
    begun = plain.wait_for("$/progress", lambda it: it["value"]["kind"] == "begin")
    assert begun["value"]["cancellable"] is True
    plain.wait_for("$/progress", lambda it: it["value"].get("message", "").strip()[-1:].isdigit())
    plain.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
    assert plain.answer(running)["state"] == "cancelled"


def test_an_editor_without_progress_can_run_too(
    editors: MakeEditor, real_agent: RunningAgent
) -> None:
    environment = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir)}
    editor = editors([real_agent.project_dir], PUSH, environment=environment)
    editor.start()
    params = command(real_agent, "runagent.stream", "count_stream")
    result = editor.request("workspace/executeCommand", params)
    assert result["output"] == [{"i": 0}, {"i": 1}, {"i": 2}]
    assert editor.of("$/progress") == []


def test_a_config_that_was_never_opened_can_be_run(
    editors: MakeEditor, real_agent: RunningAgent, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(real_agent.project_dir, copy)
    environment = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir)}
    editor = editors((), SHELL, environment=environment)
    editor.start()
    params = run_params(real_agent, "echo", configUri=(copy / "runagent.config.json").as_uri())
    assert editor.request("runagent/run", params)["state"] == "completed"
