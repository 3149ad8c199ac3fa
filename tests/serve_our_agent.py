"""Serves an agent with our `runagent-ls serve --control`: `with serving_ours(folder) as agent`."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from serve_real_agent import REPOSITORY, environment

START_LIMIT_S = 240.0
STOP_LIMIT_S = 60.0


class NotServedError(RuntimeError):
    """Our server did not start. `failure` is what it said, None when it said nothing."""

    def __init__(
        self, output: str, failure: Mapping[str, Any] | None, exit_code: int | None
    ) -> None:
        super().__init__(output)
        self.failure = failure
        self.exit_code = exit_code


@dataclass
class OurAgent:
    """A running server of ours. `cache_dir` is its registry, `state_dir` where it keeps records."""

    host: str
    port: int
    agent_id: str
    token: str
    cache_dir: Path
    state_dir: Path
    project_dir: Path
    process: subprocess.Popen[str]
    events: list[dict[str, Any]] = field(default_factory=list)
    """everything it has said on the control channel so far"""
    _more: queue.Queue[dict[str, Any] | None] = field(default_factory=queue.Queue)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def worker_pid(self) -> int:
        """Of the worker that answers now."""
        last = [event["status"] for event in self.events if event["event"] == "status"][-1]
        return int(last["workerPid"])

    def say(self, **message: Any) -> None:
        """Send a message on the control channel."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def wait_for(self, event: str, limit_s: float = START_LIMIT_S, **status: Any) -> dict[str, Any]:
        """The next event of this kind; for `status` one whose status has these values."""
        deadline = time.monotonic() + limit_s
        while True:
            try:
                found = self._more.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(
                    f"no {event} {status} in {limit_s} s: {self.events[-5:]}"
                ) from None
            if found is None:
                raise EOFError(f"the server ended before {event}: {self.events[-5:]}")
            fits = all(found.get("status", {}).get(key) == value for key, value in status.items())
            if found["event"] == event and fits:
                return found

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message = json.loads(line)
            self.events.append(message)
            self._more.put(message)
        self._more.put(None)


def our_environment(cache_dir: Path, state_dir: Path) -> dict[str, str]:
    """Isolated from the user's registry, records and keys."""
    return environment(cache_dir) | {
        "RUNAGENT_LS_STATE": str(state_dir),
        "PYTHONPATH": str(REPOSITORY / "server"),
    }


@contextlib.contextmanager
def serving_ours(
    project_dir: Path, *options: str, folders: Path | None = None, cwd: Path | None = None
) -> Iterator[OurAgent]:
    """Serve the agent in `project_dir`; leaves no process behind. `folders`: where its registry
    and records are. Raises NotServedError when it does not start."""
    with contextlib.ExitStack() as stack:
        if folders is None:
            folders = Path(stack.enter_context(_folder()))
        agent = _spawn(project_dir, options, folders, cwd or project_dir)
        stack.callback(end, agent)
        _wait_until_ready(agent)
        yield agent


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="runagent-ls-", ignore_cleanup_errors=True)


def _spawn(project_dir: Path, options: Sequence[str], folders: Path, cwd: Path) -> OurAgent:
    cache_dir, state_dir = folders / "cache", folders / "state"
    for folder in (cache_dir, state_dir):
        folder.mkdir(exist_ok=True)
    with (folders / "stderr.log").open("wb") as errors:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "runagent_ls.cli.main",
                "serve",
                str(project_dir),
                "--control",
                *options,
            ],
            cwd=cwd,
            env=our_environment(cache_dir, state_dir),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
    return OurAgent("", 0, "", "", cache_dir, state_dir, project_dir, process)


def _wait_until_ready(agent: OurAgent) -> None:
    reader = threading.Thread(target=agent._read, daemon=True)
    reader.start()
    try:
        ready = agent.wait_for("ready")
    except EOFError:
        failures = [event["failure"] for event in agent.events if event["event"] == "failed"]
        code = agent.process.wait(STOP_LIMIT_S)
        said = (agent.cache_dir.parent / "stderr.log").read_text("utf-8", "replace")
        raise NotServedError(
            f"{agent.events}\n{said}", failures[-1] if failures else None, code
        ) from None
    agent.host, agent.port = ready["host"], ready["port"]
    agent.agent_id, agent.token = ready["agentId"], ready["token"]


def end(agent: OurAgent) -> int:
    """Close the control channel, which ends the server; by force when it does not. Gives its
    exit code."""
    assert agent.process.stdin is not None
    with contextlib.suppress(OSError):
        agent.process.stdin.close()
    try:
        return agent.process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        os.killpg(agent.process.pid, signal.SIGKILL)
        return agent.process.wait()
