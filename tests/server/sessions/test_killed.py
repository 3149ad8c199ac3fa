"""A session whose process is killed, as it is served: told as interrupted, and gone on with."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runagent_ls.serve.supervisor.provided import provided_modules
from runagent_ls.sessions.kept import KeptSessions
from worker_client import Worker, entry, until, worker

AGENT = """
import time
from pathlib import Path
from agent_runtime import AgentConfig, AgentRuntime, FileStore

HERE = Path(__file__).parent

def pay(amount: int) -> str:
    with (HERE / "paid.txt").open("a") as log:
        log.write(f"{amount}\\n")
    return "paid"

def wait_for_the_bank() -> str:
    while not (HERE / "open").exists():
        time.sleep(0.01)
    return "open"

def model(messages):
    step = sum(message.role == "assistant" for message in messages)
    return [
        'Thought: I pay.\\nAction: pay\\nAction Input: {"amount": 5}',
        'Thought: I wait.\\nAction: wait_for_the_bank\\nAction Input: {}',
        'FINAL_ANSWER: done',
    ][step]

runtime = (AgentRuntime.builder().with_agent_config(AgentConfig(name="bank"))
    .with_model(model).with_tools(pay, wait_for_the_bank)
    .with_store(FileStore(HERE / ".runagent" / "runtime")).build())

async def go(question, session_id=None):
    result = await runtime.arun(question, session_id=session_id)
    return {"answer": result.answer, "steps": result.steps}
"""


@contextmanager
def served(folder: Path) -> Iterator[Worker]:
    with worker() as running:
        ready = running.load(folder, [entry("go")], provided=provided_modules())
        assert ready.kind == "READY", ready.payload
        yield running


def test_a_killed_session_is_interrupted_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(AGENT, "utf-8")

    def calls() -> list[Any]:
        found = KeptSessions(tmp_path).list().sessions
        events = KeptSessions(tmp_path).events("s1") if found else ()
        return [event["tool"] for event in events if event["type"] == "action"]

    with served(tmp_path) as running:
        running.start("go", "please pay", "s1")
        until(lambda: calls() == ["pay", "wait_for_the_bank"])
        assert KeptSessions(tmp_path).get("s1").session.summary.state == "running"
        os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait()
        until(lambda: KeptSessions(tmp_path).get("s1").session.summary.state == "interrupted")
    (checkpoint,) = KeptSessions(tmp_path).get("s1").history.checkpoints
    assert [call.tool for call in checkpoint.tools] == ["pay"]
    (tmp_path / "open").write_text("", "utf-8")
    with served(tmp_path) as running:
        answer = json.loads(json.loads(running.result("go", "please pay", "s1"))["payload"])
    assert answer == {"answer": "done", "steps": 3}
    assert (tmp_path / "paid.txt").read_text("utf-8") == "5\n"
    after = KeptSessions(tmp_path).get("s1")
    assert (after.session.summary.state, after.history.answer) == ("ended", "done")
    told = [call for it in after.history.checkpoints for call in it.tools]
    assert [(call.tool, call.error) for call in told] == [
        ("pay", None),
        ("wait_for_the_bank", "interrupted"),
    ]
