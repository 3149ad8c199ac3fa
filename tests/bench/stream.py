"""Streams: chunks a second of our client against a bare `websockets` client, and to the editor.

Run with `python tests/bench/stream.py [--rounds N] [--chunks N] [--long N]`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import websockets
from fast_agent import STREAM_TAG
from lsp_client import LspClient, Message, memory_mib
from measuring import Row, Samples, interleave, print_table
from peers import HERE, ROOT, connect, initialize, ours
from sample_projects import AGENT_ID, make_project

sys.path.insert(0, str(ROOT / "server"))

from runagent_ls.agents.call import Call, Chunk
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

_SMALL: Final = 20
_BODY: Final = {"entrypoint_tag": STREAM_TAG, "input_args": [], "input_kwargs": {}}


@contextlib.contextmanager
def fast_agent(chunks: int, size: int = _SMALL) -> Iterator[int]:
    """A sender of `chunks` chunks of `size` characters in another process; gives its port."""
    command = (sys.executable, str(HERE / "fast_agent.py"), str(chunks), str(size))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


async def bare_websockets(port: int, decode: bool) -> int:
    """Chunks received by a plain `websockets` client, as text or with the JSON parsed."""
    url = f"ws://127.0.0.1:{port}/api/v1/agents/{AGENT_ID}/run-stream"
    count = 0
    async with websockets.connect(url, compression=None) as socket:
        await socket.send(json.dumps(_BODY))
        async for frame in socket:
            if decode:
                message = json.loads(frame)
                if message["type"] == "data":
                    json.loads(json.loads(message["content"])["payload"])
                    count += 1
            elif '"data"' in frame[:16]:
                count += 1
            if "stream_completed" in frame[:64]:
                break
        socket.transport.abort()
    return count


async def our_client(port: int) -> int:
    """Chunks received and decoded by `agents.client`."""
    target = Target("127.0.0.1", port, AGENT_ID, "explicit")
    count = 0
    async with AgentClient(target, Timeouts()) as client:
        async for batch in client.stream_batches(Call(STREAM_TAG)):
            count += sum(isinstance(event, Chunk) for event in batch)
    return count


def client_rows(rounds: int, chunks: int) -> list[Row]:
    """Our client against the bare one, with and without decoding."""
    results = {name: Samples() for name in ("ours", "bare", "bare, decoding")}
    with fast_agent(chunks) as port:
        receivers: dict[str, Callable[[], Any]] = {
            "ours": partial(our_client, port),
            "bare": partial(bare_websockets, port, False),
            "bare, decoding": partial(bare_websockets, port, True),
        }

        def measure(name: str) -> None:
            start = time.perf_counter()
            received = asyncio.run(receivers[name]())
            if received != chunks:
                raise RuntimeError(f"{name}: {received} of {chunks} chunks")
            results[name].add(chunks / (time.perf_counter() - start))

        interleave(rounds, {name: partial(measure, name) for name in results})
    mine = results["ours"].p50
    return [
        Row("client, small chunks", mine, results["bare"].p50, "bare websockets",
            0.9, 1.0, at_least=True, unit="/s"),
        Row("client, small chunks", mine, results["bare, decoding"].p50, "the same, decoding",
            at_least=True, unit="/s"),
    ]  # fmt: skip


class Editor:
    """Counts what the server sends to an editor, and acknowledges it as one would."""

    def __init__(self, client: LspClient) -> None:
        self._client = client
        self.items = 0
        self.notifications = 0
        client.on_notification = self._on_notification

    def _on_notification(self, message: Message) -> None:
        if message["method"] != "runagent/output":
            return
        params = message["params"]
        self.items += len(params["items"])
        self.notifications += 1
        self._client.notify("runagent/outputAck", {"runId": params["runId"], "seq": params["seq"]})


def editor_rows(chunks: int, long: int) -> list[Row]:
    """Chunks and notifications a second through the language server, and its growth."""
    with tempfile.TemporaryDirectory() as temporary:
        project = make_project(Path(temporary).resolve() / "agent", 3)
        server = ours()
        with connect(server, project.folder) as client:
            initialize(client, server, project.folder, experimental={"runagent": {"version": 1}})
            client.notify("initialized", {})
            editor = Editor(client)
            _stream_to(editor, client, project.config, chunks)
            editor.items = editor.notifications = 0
            seconds = _stream_to(editor, client, project.config, chunks)
            if editor.items != chunks:
                raise RuntimeError(f"{editor.items} of {chunks} chunks came to the editor")
            rate, notifications = editor.items / seconds, editor.notifications / seconds
            before = memory_mib(client.pid, "VmRSS")
            _stream_to(editor, client, project.config, long)
            growth = memory_mib(client.pid, "VmHWM") - before
    return [
        Row("to the editor", rate, target=25_000, stretch=80_000, at_least=True, unit="/s"),
        Row("notifications to the editor", notifications, target=30, unit="/s"),
        Row(f"memory growth over {long:,} chunks", growth, target=8, unit="MiB"),
    ]


def _stream_to(editor: Editor, client: LspClient, config: Path, chunks: int) -> float:
    """Seconds from the request until its answer."""
    with fast_agent(chunks) as port:
        start = time.perf_counter()
        outcome = client.request(
            "runagent/stream",
            {
                "runId": f"bench-{port}-{editor.items}",
                "configUri": config.as_uri(),
                "tag": STREAM_TAG,
                "kwargs": {},
                "target": {"host": "127.0.0.1", "port": port, "agentId": AGENT_ID},
            },
        )
        if outcome["state"] != "completed" or outcome["chunks"] != chunks:
            raise RuntimeError(f"the stream ended as {outcome}")
        return time.perf_counter() - start


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--long", type=int, default=1_000_000, help="chunks of the memory test")
    options = parser.parse_args(arguments)
    rows = client_rows(options.rounds, options.chunks)
    rows += editor_rows(options.chunks, options.long)
    print_table("Streams (medians)", rows)
    return rows


if __name__ == "__main__":
    main()
