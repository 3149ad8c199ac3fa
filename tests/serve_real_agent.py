"""Serves an agent with the real `runagent` package, on loopback, with a registry of its own.

As a module: `with serving(folder) as agent`. As a script, for tests in other languages:
`python tests/serve_real_agent.py DIR` prints one JSON line (`host`, `port`, `agentId`, `cacheDir`,
`projectDir`) once the agent answers, and ends the server when its own standard input closes.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
START_LIMIT_S = 240.0
POLL_S = 0.05


class ServeError(RuntimeError):
    """The real server could not be started; the message carries its output."""


@dataclass(frozen=True)
class RunningAgent:
    """An agent that answers at `host:port` until its context ends."""

    host: str
    port: int
    agent_id: str
    cache_dir: Path
    """what RUNAGENT_CACHE_DIR must be for a client to find this agent by its id"""
    project_dir: Path
    pid: int


def signed_in_registry(agent: RunningAgent, folder: Path) -> Path:
    """The agent's registry as it would be if somebody had signed in to the cloud on this machine:
    a copy in `folder`, which is for RUNAGENT_CACHE_DIR. The server goes on with its own."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "runagent_local.db"
    with (
        contextlib.closing(sqlite3.connect(agent.cache_dir / name)) as source,
        contextlib.closing(sqlite3.connect(folder / name)) as copy,
    ):
        source.backup(copy)
        copy.execute("CREATE TABLE IF NOT EXISTS user_metadata (key PRIMARY KEY, value)")
        known = {"user_email": "ada@example.com", "user_id": "u-1", "api_key": "rau_signed_in"}
        for key, value in known.items():
            row = (key, json.dumps(value))
            copy.execute("INSERT OR REPLACE INTO user_metadata (key, value) VALUES (?, ?)", row)
        copy.commit()
    return folder


def interpreter() -> Path:
    """The Python that has `runagent` installed: RUNAGENT_PYTHON, else `.venv-runagent`."""
    path = Path(os.environ.get("RUNAGENT_PYTHON") or REPOSITORY / ".venv-runagent/bin/python")
    if not path.is_file():
        raise ServeError(
            f"the real runagent package is needed, looked for its Python at {path}; "
            "`npm test` installs it there, RUNAGENT_PYTHON names another one"
        )
    return path


def environment(cache_dir: Path) -> dict[str, str]:
    """Isolated from the user's registry and keys, plain output, no network."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RUNAGENT_")}
    return kept | {
        "RUNAGENT_CACHE_DIR": str(cache_dir),
        "RUNAGENT_TEMPLATE_REPO": str(cache_dir),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_COLOR": "1",
        "COLUMNS": "1000",
    }


@contextlib.contextmanager
def serving(project_dir: Path, cache_dir: Path | None = None) -> Iterator[RunningAgent]:
    """Register and serve the agent in `project_dir`; leaves no process behind.

    The server executes every Python file below the project's root, so give a folder of its own,
    for example a copy. Raises ServeError with the server's output when it does not start.
    """
    with contextlib.ExitStack() as stack:
        if cache_dir is None:
            cache_dir = Path(tempfile.mkdtemp(prefix="runagent-cache-"))
            stack.callback(shutil.rmtree, cache_dir, ignore_errors=True)
        log = cache_dir / "serve.log"
        _register(project_dir, cache_dir)
        process = _spawn(project_dir, cache_dir, log)
        stack.callback(_end, process)
        yield _wait_until_healthy(process, project_dir, cache_dir, log)


@contextlib.contextmanager
def restarting(agent: RunningAgent) -> Iterator[RunningAgent]:
    """Serve an agent again whose server has ended, probably at another port."""
    log = agent.cache_dir / "restarted.log"
    process = _spawn(agent.project_dir, agent.cache_dir, log)
    try:
        yield _wait_until_healthy(process, agent.project_dir, agent.cache_dir, log)
    finally:
        _end(process)


def _register(project_dir: Path, cache_dir: Path) -> None:
    done = subprocess.run(
        [*_runagent(), "config", "--register-agent", str(project_dir)],
        env=environment(cache_dir),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=START_LIMIT_S,
        check=False,
    )
    if done.returncode != 0:
        raise ServeError(f"could not register {project_dir}:\n{done.stdout}{done.stderr}")


def _runagent() -> list[str]:
    return [str(interpreter()), "-c", "from runagent.cli.main import runagent; runagent()"]


def _spawn(project_dir: Path, cache_dir: Path, log: Path) -> subprocess.Popen[bytes]:
    arguments = ["serve", "--no-animation", "--port", str(_free_port()), str(project_dir)]
    with log.open("wb") as output:
        return subprocess.Popen(
            [*_runagent(), *arguments],
            cwd=project_dir,
            env=environment(cache_dir),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(
    process: subprocess.Popen[bytes], project_dir: Path, cache_dir: Path, log: Path
) -> RunningAgent:
    config = json.loads((project_dir / "runagent.config.json").read_text(encoding="utf-8"))
    agent_id = str(config["agent_id"])
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        # a busy port is silently replaced by another one, so only the printed address counts
        address = re.search(r"Address: ([\w.]+):(\d+)", _text(log))
        if address is not None:
            host, port = address[1], int(address[2])
            if _served_id(host, port) == agent_id:
                return RunningAgent(host, port, agent_id, cache_dir, project_dir, process.pid)
        time.sleep(POLL_S)
    raise ServeError(f"{project_dir} was not served:\n{_text(log)}")


def _text(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")


def _served_id(host: str, port: int) -> str | None:
    # loopback must not go through a proxy of the environment
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://{host}:{port}/api/v1/health", timeout=5) as answer:
            return str(json.load(answer).get("agent_id"))
    except (OSError, urllib.error.URLError, ValueError):
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole process group at once: a served function may not be willing to stop."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with serving(Path(sys.argv[1]).resolve()) as agent:
        line = {
            "host": agent.host,
            "port": agent.port,
            "agentId": agent.agent_id,
            "cacheDir": str(agent.cache_dir),
            "projectDir": str(agent.project_dir),
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
