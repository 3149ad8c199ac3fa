"""The official Python SDK as a peer: makes calls and reads streams when told to.

Run by the Python that has `runagent`, with the port of the agent. Each line on stdin is `call N`
(answered with the milliseconds of one call) or `stream` (the chunks a second).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
import time
from typing import Any

AGENT_ID, PORT = sys.argv[1], int(sys.argv[2])


def client(tag: str) -> Any:
    """A client of one entrypoint, by address."""
    return importlib.import_module("runagent").RunAgentClient(
        agent_id=AGENT_ID, entrypoint_tag=tag, local=True, host="127.0.0.1", port=PORT
    )


def main() -> None:
    """Answer until stdin ends."""
    answers = sys.stdout
    with contextlib.redirect_stdout(io.StringIO()):
        caller, streamer = client("echo"), client("numbers_stream")
        for line in sys.stdin:
            command, _, number = line.strip().partition(" ")
            begun = time.perf_counter()
            if command == "call":
                for _ in range(int(number)):
                    caller.run(name="Ada")
                result = (time.perf_counter() - begun) * 1000 / int(number)
            else:
                chunks = sum(1 for _ in streamer.run_stream())
                result = chunks / (time.perf_counter() - begun)
            print(result, file=answers, flush=True)


if __name__ == "__main__":
    main()
