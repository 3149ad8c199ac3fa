"""Runs in the Python that has `runagent`: starts its server for each folder of stdin.

In: one JSON line a folder. Out: one JSON line a folder, `{"exit_code", "stdout", "stderr",
"answers": {path or tag: body} | null}`; answers when it started. Each start is a fork of this
process, which has imported the package: so a start costs a fraction of a second. The command is the
real one to where it would hand over to uvicorn.
"""

import contextlib
import importlib
import json
import os
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

CACHE = Path(os.environ["RUNAGENT_CACHE_DIR"])
CONFIGS = ("runagent.config.json", "runagent.config.yaml", "runagent.config.yml")


def main() -> None:
    command = importlib.import_module("runagent.cli.main").runagent
    server = importlib.import_module("runagent.sdk.server.local_server").LocalServer
    client = importlib.import_module("fastapi.testclient").TestClient
    with contextlib.redirect_stdout(sys.stderr):
        importlib.import_module("runagent.sdk.db").DBService()  # makes the registry
    for line in sys.stdin:
        answer = started(command, server, client, Path(json.loads(line)))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def started(command: Any, server: Any, client: Any, folder: Path) -> dict[str, Any]:
    """How one start went."""
    with tempfile.TemporaryDirectory() as scratch:
        out, err, said = (Path(scratch) / name for name in ("out", "err", "said"))
        register(folder)
        child = os.fork()
        if child == 0:
            for number, path in ((1, out), (2, err)):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
            server.start = lambda self, **_: said.write_text(json.dumps(answers(client, self)))
            code = 1
            try:
                command(["serve", "--no-animation", str(folder)])
            except SystemExit as leaving:
                code = leaving.code if isinstance(leaving.code, int) else int(bool(leaving.code))
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        return {
            "exit_code": os.waitstatus_to_exitcode(status),
            "stdout": out.read_text(encoding="utf-8", errors="replace"),
            "stderr": err.read_text(encoding="utf-8", errors="replace"),
            "answers": json.loads(said.read_text()) if said.exists() else None,
        }


def answers(client: Any, server: Any) -> dict[str, Any]:
    """Of the info and architecture pages, and of a run of each tag that begins with `probe`."""
    asked = client(server.app)
    agent = f"/api/v1/agents/{server.agent_id}"
    found = {path: asked.get(path).json() for path in ("/api/v1", f"{agent}/architecture")}
    for entrypoint in found[f"{agent}/architecture"]["data"]["entrypoints"]:
        tag = entrypoint["tag"]
        if tag.startswith("probe"):
            found[tag] = asked.post(f"{agent}/run", json={"entrypoint_tag": tag}).json()
    return found


def register(folder: Path) -> None:
    """The smallest row that serve wants; none for an agent whose id starts with 9999."""
    agent_id = None
    with contextlib.suppress(OSError, ValueError, AttributeError):
        agent_id = json.loads((folder / CONFIGS[0]).read_text(encoding="utf-8")).get("agent_id")
    if not isinstance(agent_id, str) or agent_id.startswith("9999"):
        return
    with contextlib.closing(sqlite3.connect(CACHE / "runagent_local.db")) as registry:
        row = (agent_id, str(folder), "localhost", 8000)
        columns = "agent_id, agent_path, host, port"
        registry.execute(f"INSERT OR IGNORE INTO agents ({columns}) VALUES (?, ?, ?, ?)", row)  # noqa: S608 - columns of our own
        registry.commit()


main()
