"""Functions of every kind, run in a real worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from worker_client import agent

KINDS = """
async def later(name):
    return {"hi": name}

def now(name):
    return {"hi": name}

def numbers_stream(n):
    for i in range(n):
        yield i

async def later_stream(n):
    for i in range(n):
        yield i

def boom():
    raise ValueError("no [/such] thing")
"""


@pytest.mark.parametrize("tag", ["now", "later"])
def test_a_call_gives_the_structured_string(tmp_path: Path, tag: str) -> None:
    with agent(tmp_path, KINDS, tag) as worker:
        assert worker.result(tag, name="bob") == (
            '{"type": "object", "payload": "{\\"hi\\": \\"bob\\"}"}'
        )


@pytest.mark.parametrize("tag", ["numbers_stream", "later_stream"])
def test_a_stream_gives_ready_made_websocket_texts(tmp_path: Path, tag: str) -> None:
    with agent(tmp_path, KINDS, tag) as worker:
        run = worker.start(tag, 3)
        assert worker.end_of(run).message["chunks"] == 3
        assert worker.texts(run) == [
            json.dumps(
                {"type": "data", "content": json.dumps({"type": "integer", "payload": str(n)})},
                separators=(",", ":"),
            )
            for n in range(3)
        ]


def test_an_exception_says_what_and_where(tmp_path: Path) -> None:
    with agent(tmp_path, KINDS, "boom") as worker:
        error = worker.error("boom")
        assert (error["kind"], error["exception"]) == ("raised", "ValueError")
        assert error["message"] == "no [/such] thing"
        (frame,) = error["frames"]
        assert frame["file"] == str(tmp_path / "main.py")
        assert (frame["line"], frame["function"]) == (17, "boom")
        assert frame["text"] == 'raise ValueError("no [/such] thing")'


def test_a_worker_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with agent(tmp_path, KINDS, "now") as worker:
        assert worker.stop() == 0
