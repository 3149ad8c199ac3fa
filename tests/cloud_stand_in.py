"""A stand-in for the RunAgent cloud: the documented endpoints, with keys, over TLS, on loopback.

As a module: `with running_cloud() as cloud`. As a script, for tests in other languages:
`python tests/cloud_stand_in.py [--project DIR] [--plain]` prints one JSON line (`baseUrl`,
`apiKey`, `caFile`, `agentId`, `logFile`, ...) once it answers, and ends when its own standard
input closes. A client trusts it with `SSL_CERT_FILE=<caFile>`.

The agent is the project's, by default `tests/fixtures/real-agent`; its functions run in this
process. Other ids of its own show the cloud's refusals, see `cloud_service.AGENTS`. Each request
is a line of JSON in `logFile`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cloud_service import API_KEY, BUSY, FOREIGN, NOT_DEPLOYED, OTHER_KEY, QUOTA, Agent, Service

__all__ = ["BUSY", "FOREIGN", "NOT_DEPLOYED", "QUOTA", "RunningCloud", "running_cloud"]

REAL_AGENT = Path(__file__).parent / "fixtures" / "real-agent"
START_LIMIT_S = 120.0
NAMES = ("127.0.0.1", "localhost", "cloud.test")
"""In the certificate; `cloud.test` only a proxy can resolve."""


@dataclass(frozen=True)
class RunningCloud:
    """A stand-in that answers at `base_url` until its context ends."""

    base_url: str
    api_key: str
    other_key: str
    ca_file: Path
    agent_id: str
    log_file: Path

    @property
    def port(self) -> int:
        return int(urlsplit(self.base_url).port or 0)

    def requests(self) -> list[dict[str, Any]]:
        """What was asked so far: `method`, `path`, `query`, `headers` (lower case), `body`."""
        lines = self.log_file.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


@contextlib.contextmanager
def running_cloud(project: Path = REAL_AGENT, *, plain: bool = False) -> Iterator[RunningCloud]:
    """Start the stand-in in a process of its own; leaves none behind."""
    command = [sys.executable, __file__, "--project", str(project), *(["--plain"] * plain)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = json.loads(process.stdout.readline())
        yield RunningCloud(
            said["baseUrl"],
            said["apiKey"],
            said["otherKey"],
            Path(said["caFile"]),
            said["agentId"],
            Path(said["logFile"]),
        )
    finally:
        process.stdin.close()
        try:
            process.wait(START_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


async def _serve(project: Path, folder: Path, *, plain: bool) -> None:
    import trustme

    authority = trustme.CA()
    context = None if plain else ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if context is not None:
        authority.issue_cert(*NAMES).configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    log = folder / "requests.jsonl"
    log.touch()
    agent = Agent(project)
    service = Service(agent, log)
    server = await asyncio.start_server(service.connection, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    line = {
        "baseUrl": f"{'http' if plain else 'https'}://127.0.0.1:{port}",
        "apiKey": API_KEY,
        "otherKey": OTHER_KEY,
        "caFile": str(folder / "ca.pem"),
        "agentId": agent.agent_id,
        "logFile": str(log),
        "notDeployedId": NOT_DEPLOYED,
        "foreignId": FOREIGN,
        "busyId": BUSY,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    service.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, default=REAL_AGENT)
    parser.add_argument("--plain", action="store_true", help="http instead of https")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cloud-") as folder:
        # not `asyncio.run`, which waits for functions that go on in a thread
        loop = asyncio.new_event_loop()
        loop.run_until_complete(_serve(options.project, Path(folder), plain=options.plain))
    return 0


if __name__ == "__main__":
    sys.exit(main())
