"""Runs an agent again and again, each time in a child that is made by fork and may be killed.

A line of the input is JSON: `store` and `folder`, `count` (steps to take), `repeatable`, and what
kills the run: `append` (the number of the save) or `tool` (the number of the step) with `when`
("before" or "after"), or `seconds` (of a timer of the system). The answer is a line as well:
`ended` or `killed`. What the model is asked for and what the tool does stands in `folder`/log.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent_runtime import AgentConfig, AgentRuntime, Message
from agent_runtime.events import Event
from agent_runtime.persistence import FileStore, SqliteStore
from agent_runtime.tools import tool
from stores import opened

SESSION = "counting"
QUESTION = "Count!"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Log:
    """Lines that outlive the process, each in one write."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def add(self, line: str) -> None:
        os.write(self._descriptor, f"{line}\n".encode())


class DyingStore:
    """Passes on to another store, until it kills the process at a save."""

    def __init__(self, store: FileStore | SqliteStore, kills: tuple[int, str]) -> None:
        self._store = store
        self._kills = kills
        self._saves = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def append(self, session: str, events: Sequence[Event]) -> None:
        self._saves += 1
        if self._kills == (self._saves, "before"):
            die()
        self._store.append(session, events)
        if self._kills == (self._saves, "after"):
            die()


def runtime_of(task: dict[str, Any]) -> AgentRuntime:
    folder = Path(task["folder"])
    log = Log(folder / "log")
    store: Any = opened(task["store"], folder)
    if "append" in task:
        store = DyingStore(store, (task["append"], task["when"]))

    @tool(repeatable=task["repeatable"])
    def work(n: int) -> str:
        log.add(f"begin {n}")
        if (task.get("tool"), task.get("when")) == (n, "before"):
            die()
        log.add(f"done {n}")
        if (task.get("tool"), task.get("when")) == (n, "after"):
            die()
        return f"done {n}"

    def model(messages: Sequence[Message]) -> str:
        wanted = [int(n) for m in messages for n in re.findall(r'Input: {"n": (\d+)}', m.content)]
        n = max(wanted, default=0) + 1
        log.add(f"ask {n}")
        if n > task["count"]:
            return f"FINAL_ANSWER: {n - 1}"
        return f'Thought: Next is {n}.\nAction: work\nAction Input: {{"n": {n}}}'

    config = AgentConfig(name="counter", max_iterations=task["count"] + 1)
    builder = AgentRuntime.builder().with_agent_config(config).with_model(model)
    return builder.with_tools(work).with_store(store).build()


def run(task: dict[str, Any]) -> None:
    if "seconds" in task:
        # nothing of Python sees this signal: it ends the process as a kill does
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, task["seconds"])
    answer = runtime_of(task).run(QUESTION, session_id=SESSION).answer
    if answer != str(task["count"]):
        raise ValueError(f"the agent answered {answer}")


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        ends = {0: "ended", signal.SIGKILL: "killed", signal.SIGALRM: "killed"}
        sys.stdout.write(f"{ends.get(status, f'failed: {status}')}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
