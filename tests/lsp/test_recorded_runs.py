"""Runs that are shown and recorded at once: nothing lost, nothing slow, nothing secret."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

import pytest

from cloud_stand_in import RunningCloud
from lsp.conftest import write_project
from lsp.editor import SHELL, Editor, RefusedError
from serve_real_agent import RunningAgent

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]

CHUNKS = 100_000


def peak_mib(process_id: int) -> float:
    """The most memory that a process has had."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM")


@pytest.fixture
def config(real_agent: RunningAgent) -> Path:
    return real_agent.project_dir / "runagent.config.json"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


@pytest.fixture
def shell(editors: MakeEditor, real_agent: RunningAgent, file: Path) -> Editor:
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(file),
    }
    editor = editors([real_agent.project_dir], SHELL, environment=environment)
    editor.start()
    return editor


def test_a_long_stream_is_shown_and_recorded_whole(shell: Editor, config: Path) -> None:
    params = {"configUri": config.as_uri(), "tag": "count_stream"}
    warm = shell.request("runagent/stream", {**params, "runId": "warm", "kwargs": {"n": 1000}})
    assert warm["state"] == "completed"
    before = peak_mib(shell.process.pid)
    long = {**params, "runId": "long", "kwargs": {"n": CHUNKS}}
    outcome = shell.request("runagent/stream", long, limit=120)
    assert (outcome["state"], outcome["chunks"]) == ("completed", CHUNKS)
    outputs = [it for it in shell.of("runagent/output") if it["runId"] == "long"]
    shown = [item["value"]["i"] for output in outputs for item in output["items"]]
    assert shown == list(range(CHUNKS))
    assert peak_mib(shell.process.pid) - before < 60
    asked: Json = {"historyId": outcome["historyId"], "limit": 5000}
    kept: list[int] = []
    after: int | None = -1
    while after is not None:
        page = shell.request("runagent/history/get", {**asked, "after": after})
        kept += [item["value"]["i"] for item in page["items"]]
        after = page["next"]
    assert kept == list(range(CHUNKS))


def test_two_runs_at_once_are_recorded_each_by_itself(shell: Editor, config: Path) -> None:
    begun = [
        shell.begin(
            "runagent/stream",
            {
                "runId": f"r{number}",
                "configUri": config.as_uri(),
                "tag": "count_stream",
                "kwargs": {"n": 500 + number},
            },
        )
        for number in range(4)
    ]
    for number, request in enumerate(begun):
        outcome = shell.answer(request, limit=120)
        asked = {"historyId": outcome["historyId"], "limit": 5000}
        found = shell.request("runagent/history/get", asked)
        assert found["kwargs"] == {"n": 500 + number}
        assert [it["value"]["i"] for it in found["items"]] == list(range(500 + number))


def test_more_runs_than_go_on_at_once_wait_for_their_turn(shell: Editor, config: Path) -> None:
    """64 go on; what is more waits and is run all the same."""
    bodies = []
    for number in range(100):
        shell.expect(1000 + number, "runagent/run")
        inputs = {"configUri": config.as_uri(), "tag": "echo", "kwargs": {"n": number}}
        message = {"id": 1000 + number, "method": "runagent/run"}
        message["params"] = {"runId": f"r{number}", **inputs}
        bodies.append(json.dumps({"jsonrpc": "2.0", **message}).encode())
    shell.send_bytes(*bodies)
    for number in range(100):
        outcome = shell.answer(1000 + number)
        assert outcome["value"] == {"args": [], "kwargs": {"n": number}}
    assert any(it["state"] == "waiting" for it in shell.of("runagent/runState"))
    snapshot = shell.request("runagent/metrics", {})["snapshot"]
    assert snapshot["sessions"]["completed"] == 100


@pytest.mark.parametrize("way", ["runagent/cancel", "$/cancelRequest"])
def test_a_run_that_is_cancelled_at_once_is_answered(shell: Editor, config: Path, way: str) -> None:
    shell.request("runagent/metrics", {})
    for number in range(5):
        run_id, message_id = f"r{number}", 1000 + number
        params = {"runId": run_id, "configUri": config.as_uri(), "tag": "echo", "kwargs": {}}
        shell.expect(message_id, "runagent/run")
        by_id = {"id": message_id} if way.startswith("$") else {"runId": run_id}
        begin = {"id": message_id, "method": "runagent/run", "params": params}
        cancel: Json = {"method": way, "params": by_id}
        if not way.startswith("$"):
            cancel["id"] = 2000 + number
            shell.expect(2000 + number, way)
        shell.send_bytes(
            *(json.dumps({"jsonrpc": "2.0", **message}).encode() for message in (begin, cancel))
        )
        try:
            outcome = shell.answer(message_id)
        except RefusedError as refused:  # its handler had not begun
            assert way.startswith("$") and refused.code == -32800
        else:
            assert outcome["state"] in ("cancelled", "completed")


# --- the key ------------------------------------------------------------------------------------


class Listener:
    """Everything a server writes to its output, byte by byte."""

    def __init__(self, editor: Editor) -> None:
        self.data = bytearray()
        self._lock = threading.Lock()
        stream = editor.process.stdout
        assert stream is not None
        read, readline, close = stream.read, stream.readline, stream.close

        def keep(data: bytes) -> bytes:
            with self._lock:
                self.data += data
            return data

        class Kept:
            def read(self, size: int) -> bytes:
                return keep(read(size))

            def readline(self) -> bytes:
                return keep(readline())

            def close(self) -> None:
                close()

        editor.process.stdout = cast("IO[bytes]", Kept())


def test_no_secret_is_written_anywhere(
    editors: MakeEditor, cloud: RunningCloud, tmp_path: Path
) -> None:
    """The key, and values of `.env` and `env_vars`: not in messages, logs or the history."""
    state = tmp_path / "state"
    state.mkdir()
    dotenv, configured = "dotenv-secret-0123456789", "config-secret-0123456789"
    config = write_project(
        tmp_path / "agent", agent_id=cloud.agent_id, env_vars={"MY_API_KEY": configured}
    )
    (config.parent / ".env").write_text(f"SERVICE_TOKEN={dotenv}\n")
    environment = {
        "RUNAGENT_BASE_URL": cloud.base_url,
        "RUNAGENT_CACHE_DIR": str(tmp_path / "cache"),
        "RUNAGENT_LS_HISTORY": str(state / "history.db"),
        "SSL_CERT_FILE": str(cloud.ca_file),
    }
    editor = editors([tmp_path / "agent"], SHELL, environment=environment)
    heard = Listener(editor)
    editor.start(trace="verbose")
    editor.notify("$/setTrace", {"value": "verbose"})
    editor.notify("runagent/apiKey", {"key": "no key\n" + cloud.api_key})
    editor.notify("runagent/apiKey", {"key": cloud.api_key})
    params = {"configUri": config.as_uri(), "target": {"cloud": True}}
    calls = [
        ("runagent/run", "echo", {"a": 1}),
        ("runagent/run", "fail", {}),
        ("runagent/run", "nobody-knows", {}),
        ("runagent/run", "count_stream", {}),
        ("runagent/stream", "words_stream", {"text": "one two"}),
        ("runagent/stream", "fail_stream", {}),
        ("runagent/stream", "drop_stream", {}),
    ]
    for number, (method, tag, kwargs) in enumerate(calls):
        more = {"runId": f"r{number}", "tag": tag, "kwargs": kwargs, "timeouts": {"total": 20}}
        editor.request(method, {**params, **more})
    wrong = {"host": "127.0.0.1", "port": 1}
    more = {"runId": "nobody", "tag": "echo", "kwargs": {}, "target": wrong}
    editor.request("runagent/run", {**params, **more})
    editor.request("runagent/status", params)
    editor.request("runagent/cloud", {"configUri": config.as_uri()})
    editor.request("runagent/metrics", {})
    for tag in ("greet", "count_stream"):
        asked = {"tag": tag, "language": "python", "lastRun": True}
        editor.request("runagent/client", {**params, **asked})
    # the function gives the secrets back, which the editor shows, but nobody writes down
    own = [cloud.api_key, dotenv, configured]
    editor.notify("runagent/apiKey", {"key": cloud.api_key})
    clean = bytes(heard.data)
    assert b"runagent/runState" in clean
    for secret in own:
        assert secret.encode() not in clean
    told = {"own": own, "text": f"x{dotenv}y Bearer {cloud.api_key}"}
    echoed = editor.request(
        "runagent/run", {**params, "runId": "echo", "tag": "echo", "kwargs": told}
    )
    assert echoed["value"] == {"args": [], "kwargs": told}
    editor.request(
        "runagent/stream",
        {**params, "runId": "words", "tag": "words_stream", "kwargs": {"text": " ".join(own)}},
    )
    runs = editor.request("runagent/history/list", {})["runs"]
    assert runs[0]["tag"] == "words_stream"
    for run in runs:
        found = str(editor.request("runagent/history/get", {"historyId": run["historyId"]}))
        assert not any(secret in found for secret in own)
    exported = {"historyIds": [run["historyId"] for run in runs], "format": "jsonl"}
    text = editor.request("runagent/history/export", exported)["text"]
    assert not any(secret in text for secret in own)
    assert "[redacted]" in text
    assert all(secret.encode() in heard.data for secret in own)  # shown, and only that
    assert editor.stop() == 0
    written = [path for path in state.rglob("*") if path.is_file()]
    assert written
    for secret in own:
        assert secret.encode() not in editor.stderr
        for path in written:
            assert secret.encode() not in path.read_bytes(), path.name
