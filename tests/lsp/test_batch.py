"""Batches asked for by the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cloud_stand_in import RunningCloud
from lsp.conftest import write_project
from lsp.editor import PULL, SHELL, Editor, RefusedError
from lsp.scripted_agent import FINE, ScriptedAgent
from serve_real_agent import RunningAgent

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]


@pytest.fixture
def shell(editors: MakeEditor, real_agent: RunningAgent) -> Editor:
    environment = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir)}
    editor = editors([real_agent.project_dir], SHELL, environment=environment)
    editor.start()
    return editor


class Batch:
    """The files of a batch, and what asks for it."""

    def __init__(self, agent: RunningAgent, folder: Path) -> None:
        self.config = agent.project_dir / "runagent.config.json"
        self.input = folder / "inputs.jsonl"
        self.output = folder / "results.jsonl"

    def write(self, *items: object) -> None:
        self.input.write_text("".join(json.dumps(item) + "\n" for item in items), "utf-8")

    def params(self, tag: str, **more: object) -> Json:
        return {
            "runId": "batch",
            "configUri": self.config.as_uri(),
            "tag": tag,
            "inputUri": self.input.as_uri(),
            "outputUri": self.output.as_uri(),
            **more,
        }

    def results(self) -> dict[int, Json]:
        """The results by item; the file's other lines are the batch's own."""
        lines = map(json.loads, self.output.read_text("utf-8").splitlines())
        return {line["index"]: line for line in lines if "index" in line and "state" in line}


@pytest.fixture
def batch(real_agent: RunningAgent, tmp_path: Path) -> Batch:
    return Batch(real_agent, tmp_path)


def test_every_line_is_called_and_told(shell: Editor, batch: Batch) -> None:
    batch.write(*({"name": f"n{number}"} for number in range(6)), {"nmae": "x"})
    report = shell.request("runagent/batch", batch.params("greet", concurrency=2), limit=180)
    assert (report["runId"], report["end"], report["outputUri"]) == (
        "batch", "finished", batch.output.as_uri(),
    )  # fmt: skip
    assert (report["done"], report["completed"], report["failed"]) == (7, 6, 1)
    assert report["errors"]["VALIDATION_ERROR"]["example"]["line"] == 7
    results = batch.results()
    assert results[3]["value"] == {"greeting": "hello n3", "n": 1}
    assert results[6]["state"] == "failed"
    last = shell.of("runagent/batchProgress")[-1]
    assert (last["runId"], last["done"], last["failed"]) == ("batch", 7, 1)


def test_unfit_items_are_called_when_the_user_says_so(shell: Editor, batch: Batch) -> None:
    batch.write({"nmae": "x"})
    report = shell.request("runagent/batch", batch.params("greet", validate=False), limit=180)
    assert list(report["errors"]) != ["VALIDATION_ERROR"]
    assert report["failed"] == 1


def test_a_batch_is_stopped_in_two_steps_and_goes_on_later(
    shell: Editor, batch: Batch, tmp_path: Path
) -> None:
    gate, begun = tmp_path / "gate", tmp_path / "written-1.begun"
    items = [
        {"path": str(tmp_path / f"written-{number}"), "gate": str(gate)} for number in range(1, 4)
    ]
    batch.write(*items)
    running = shell.begin("runagent/batch", batch.params("write_after", concurrency=1))
    shell.until(begun.exists, "the first call has begun")
    with pytest.raises(RefusedError, match="going on already"):
        shell.request("runagent/batch", batch.params("write_after"))
    first = shell.request("runagent/cancel", {"runId": "batch"})
    assert (first["found"], first["stopped"]) == (True, False)
    assert "cancel again" in first["message"]
    second = shell.request("runagent/cancel", {"runId": "batch"})
    assert (second["found"], second["stopped"]) == (True, True)
    report = shell.answer(running)
    assert (report["end"], report["unknown"], report["notRun"]) == ("interrupted", 1, 2)
    assert shell.request("runagent/cancel", {"runId": "batch"})["found"] is False
    gate.write_text("")
    resumed = batch.params("write_after", resume=True)
    report = shell.request("runagent/batch", resumed, limit=180)
    assert (report["end"], report["completed"], report["resumed"]) == ("finished", 2, 1)
    assert report["unknown"] == 1


def test_the_lsp_way_to_cancel_leaves_running_calls(
    shell: Editor, batch: Batch, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    batch.write(*({"path": str(tmp_path / name), "gate": str(gate)} for name in ("written", "b")))
    running = shell.begin("runagent/batch", batch.params("write_after", concurrency=1))
    shell.until((tmp_path / "written.begun").exists, "the call has begun")
    shell.notify("$/cancelRequest", {"id": running})
    report = shell.answer(running)
    gate.write_text("")
    assert (report["end"], report["unknown"]) == ("interrupted", 1)


def test_shutdown_ends_batches(shell: Editor, batch: Batch, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    items = [{"path": str(tmp_path / f"w{number}"), "gate": str(gate)} for number in range(3)]
    batch.write(*items)
    shell.begin("runagent/batch", batch.params("write_after", concurrency=1))
    shell.until((tmp_path / "w0.begun").exists, "the first call has begun")
    assert shell.stop() == 0
    gate.write_text("")
    assert not (tmp_path / "w1.begun").exists()
    assert {it["state"] for it in batch.results().values()} == {"unknown"}


def test_a_batch_and_a_run_go_on_at_once(shell: Editor, batch: Batch, tmp_path: Path) -> None:
    batch.write(*({"n": number} for number in range(20)))
    running = shell.begin("runagent/batch", batch.params("echo"))
    config = batch.config.as_uri()
    params = {"runId": "r", "configUri": config, "tag": "greet", "kwargs": {"name": "a"}}
    assert shell.request("runagent/run", params)["state"] == "completed"
    assert shell.answer(running, limit=180)["completed"] == 20


def test_tables_get_their_types_from_the_function(
    shell: Editor, batch: Batch, tmp_path: Path
) -> None:
    batch.input = tmp_path / "inputs.csv"
    batch.input.write_text("name,times\nAda,2\n", "utf-8")
    report = shell.request("runagent/batch", batch.params("greet"), limit=180)
    assert report["completed"] == 1
    assert batch.results()[0]["value"] == {"greeting": "hello AdaAda", "n": 2}


def test_what_cannot_begin_says_why(shell: Editor, batch: Batch) -> None:
    with pytest.raises(RefusedError, match=r"inputs\.jsonl") as refused:
        shell.request("runagent/batch", batch.params("echo"))
    assert refused.value.code == -32803
    batch.write({"n": 1})
    batch.output.write_text("something else\n")
    with pytest.raises(RefusedError, match=r"results\.jsonl"):
        shell.request("runagent/batch", batch.params("echo"))
    assert batch.output.read_text() == "something else\n"


# --- how the calls are made ---------------------------------------------------------------------


def test_user_and_extra_fields_go_with_each_call_in_the_cloud(
    editors: MakeEditor, batch: Batch, cloud: RunningCloud, tmp_path: Path
) -> None:
    environment = {
        "RUNAGENT_CACHE_DIR": str(tmp_path / "cache"),
        "SSL_CERT_FILE": str(cloud.ca_file),
        "RUNAGENT_BASE_URL": cloud.base_url,
    }
    editor = editors([batch.config.parent], SHELL, environment=environment)
    editor.start()
    editor.notify("runagent/apiKey", {"key": cloud.api_key})
    batch.write(*({"batch": f"cloud {number}"} for number in range(3)))
    options = {"userId": "ada", "persistentMemory": True, "extra": {"trace": {"a": [1]}}}
    params = batch.params("echo", target={"cloud": True}, **options)
    report = editor.request("runagent/batch", params, limit=180)
    assert (report["end"], report["completed"]) == ("finished", 3)
    assert batch.results()[1]["value"] == {"args": [], "kwargs": {"batch": "cloud 1"}}
    sent = [it["body"] for it in cloud.requests() if "'batch': 'cloud " in str(it["body"])]
    assert len(sent) == 3
    for body in sent:
        assert (body["user_id"], body["persistent_memory"]) == ("ada", True)
        assert body["trace"] == {"a": [1]}


def test_calls_that_may_have_run_are_repeated_only_when_allowed(
    editors: MakeEditor, batch: Batch, server: ScriptedAgent, tmp_path: Path
) -> None:
    batch.config = write_project(tmp_path / "agent")
    editor = editors([tmp_path / "agent"], SHELL)
    editor.start()
    batch.write({"name": "a"})
    server.answers = [None, None, FINE]
    params = batch.params("greet", target=server.target, concurrency=1)
    report = editor.request("runagent/batch", {**params, "retries": 2}, limit=180)
    assert (report["unknown"], len(server.bodies)) == (1, 1)
    batch.output.unlink()
    allowed = {**params, "retries": 2, "repeatUnsafe": True}
    report = editor.request("runagent/batch", allowed, limit=180)
    assert (report["completed"], len(server.bodies)) == (1, 3)
    assert batch.results()[0]["attempts"] == 2


def test_identical_inputs_are_called_once_when_asked(shell: Editor, batch: Batch) -> None:
    batch.write(*({"n": number % 2} for number in range(6)))
    params = batch.params("echo", deduplicate=True, concurrency=1)
    report = shell.request("runagent/batch", params, limit=180)
    assert report["completed"] == 6
    attempts = [batch.results()[index]["attempts"] for index in range(6)]
    assert attempts == [1, 1, 0, 0, 0, 0]


def test_results_are_in_the_order_of_the_input_when_asked(
    shell: Editor, batch: Batch, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    quick = {"path": str(tmp_path / "quick"), "gate": str(tmp_path)}
    batch.write({"path": str(tmp_path / "slow"), "gate": str(gate)}, quick)
    running = shell.begin("runagent/batch", batch.params("write_after", ordered=True))
    shell.wait_for("runagent/batchProgress", lambda it: it["done"] == 1, limit=180)
    assert list(batch.results()) == [1]
    gate.write_text("")
    assert shell.answer(running, limit=180)["end"] == "finished"
    assert list(batch.results()) == [0, 1]


def test_a_batch_asked_for_early_keeps_to_the_settings(
    editors: MakeEditor, real_agent: RunningAgent, batch: Batch, tmp_path: Path
) -> None:
    environment = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir)}
    settings = {"runagent": {"timeouts": {"total": 0.5}}}
    editor = editors([real_agent.project_dir], SHELL, settings, environment=environment)
    editor.start()
    gate = tmp_path / "gate"
    batch.write({"path": str(tmp_path / "written"), "gate": str(gate)})
    report = editor.request("runagent/batch", batch.params("write_after"), limit=180)
    gate.write_text("")
    assert list(report["errors"]) == ["TIMEOUT"]
    assert report["unknown"] == 1


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"runId": ""}, "runId"),
        ({"tag": 5}, "tag"),
        ({"inputUri": "untitled:1"}, "inputUri"),
        ({"outputUri": None}, "outputUri"),
        ({"inputFormat": "xml"}, "inputFormat"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": 257}, "concurrency"),
        ({"resume": "yes"}, "resume"),
        ({"ordered": 1}, "ordered"),
        ({"deduplicate": []}, "deduplicate"),
        ({"validate": "no"}, "validate"),
        ({"retries": 11}, "retries"),
        ({"repeatUnsafe": 1}, "repeatUnsafe"),
        ({"userId": ""}, "userId"),
        ({"persistentMemory": "yes"}, "persistentMemory"),
        ({"extra": []}, "extra"),
        ({"target": 5}, "target"),
        ({"timeouts": {"total": 0}}, "timeouts.total"),
        ({"configUri": None}, "configUri or target"),
    ],
)
def test_parameters_of_the_wrong_shape_are_refused_by_name(
    shared_shell: Editor, batch: Batch, changes: Json, named: str
) -> None:
    batch.write({"n": 1})
    with pytest.raises(RefusedError, match=named) as refused:
        shared_shell.request("runagent/batch", {**batch.params("echo"), **changes})
    assert refused.value.code == -32602
    same = {**batch.params("echo"), "outputUri": batch.input.as_uri()}
    with pytest.raises(RefusedError, match="two different files"):
        shared_shell.request("runagent/batch", same)


def test_any_editor_runs_a_batch(
    editors: MakeEditor, real_agent: RunningAgent, batch: Batch
) -> None:
    environment = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir)}
    editor = editors([real_agent.project_dir], PULL, environment=environment)
    editor.start()
    batch.write(*({"name": f"n{number}"} for number in range(5)))
    argument = batch.params("greet")
    del argument["runId"]
    params = {"command": "runagent.batch", "arguments": [argument], "workDoneToken": "mine"}
    report = editor.request("workspace/executeCommand", params, limit=180)
    assert (report["end"], report["completed"]) == ("finished", 5)
    values = [it["value"] for it in editor.of("$/progress") if it["token"] == "mine"]
    assert (values[0]["kind"], values[-1]["kind"]) == ("begin", "end")
    assert values[-2]["percentage"] == 100
    assert "5 of 5 items completed" in editor.wait_for("window/showMessage")["message"]


def test_progress_of_a_batch_can_be_cancelled_twice(
    editors: MakeEditor, real_agent: RunningAgent, batch: Batch, tmp_path: Path
) -> None:
    environment = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir)}
    editor = editors([real_agent.project_dir], PULL, environment=environment)
    editor.start()
    gate = tmp_path / "gate"
    batch.write(*({"path": str(tmp_path / name), "gate": str(gate)} for name in ("a", "b")))
    argument = batch.params("write_after", concurrency=1)
    params = {"command": "runagent.batch", "arguments": [argument], "workDoneToken": "mine"}
    running = editor.begin("workspace/executeCommand", params)
    editor.until((tmp_path / "a.begun").exists, "the first call has begun")
    for _ in range(2):
        editor.notify("window/workDoneProgress/cancel", {"token": "mine"})
    report = editor.answer(running)
    gate.write_text("")
    assert (report["end"], report["unknown"], report["notRun"]) == ("interrupted", 1, 1)
