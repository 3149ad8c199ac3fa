"""An agent made by refactorings alone: it checks clean, is served, and answers as it should."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from marked_text import CURSOR
from refactoring_cases import Files, apply, ask, read_files
from run_cli import run_cli
from runagent_ls.agents.call import Call, Chunk
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.targets.target import Target
from serve_our_agent import OurAgent, serving_ours
from serve_real_agent import RunningAgent

SECRET = 'it\'s a "secret" #1 $HOME \\n\n\tend \\ ä🦊'
CONFIG = "runagent.config.json"
MAIN = '''import asyncio
import os


def secret():
    return os.environ["SECRET"]


def lines(text: str, end="."):
    """Text in pieces."""
    for part in text.split():
        yield part + end


async def numbers(count: int, *, start=1):
    for number in range(start, start + count):
        await asyncio.sleep(0)
        yield number


class Shop:
    def __init__(self, name):
        self.name = name

    async def opening(self, day="today"):
        return f"{self.name} opens {day}"

    @staticmethod
    def wares():
        yield from ("hat", "coat")


shop = Shop("corner")


if __name__ == "__main__":
    print(secret())
'''
OLD: dict[str, Any] = {
    "agent_name": "made",
    "framework": "custom",
    "agent_architecture": {
        "entrypoints": [
            {"file": "main.py", "module": "lines", "tag": "lines"},
            {"file": "main.py", "module": "numbers", "tag": "numbers_stream"},
            {"file": "main.py", "module": "missing", "tag": "missing"},
            {"file": "more/later.py", "module": "later", "tag": "later_stream"},
            {"file": "main.py", "module": "numbers", "type": "generic_stream"},
        ]
    },
    "env_vars": {"SECRET": SECRET},
}
NUMBERS = "numbers_stream"
STEPS = (
    (CONFIG, '"type', "Migrate to the current form of configuration"),
    (CONFIG, '"lines", "tag', "Split into lines, which answers in one piece, and lines_stream"),
    (CONFIG, "numbers_stream", f"Add the entrypoint numbers, which answers {NUMBERS} in one piece"),
    (CONFIG, '"missing', "Create function missing in main.py"),
    (CONFIG, "more/later", "Create file more/later.py"),
    (CONFIG, "SECRET", "Move SECRET to .env"),
    (CONFIG, "agent_id", "Generate a new agent_id"),
    ("main.py", "secret():", "Expose secret as an entrypoint"),
    ("main.py", "opening", "Expose shop.opening as the entrypoint opening"),
    ("main.py", "wares", "Expose shop.wares as the entrypoint wares_stream"),
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "agent"
    files: Files = {"main.py": MAIN, CONFIG: json.dumps(OLD, ensure_ascii=False)}
    for path, place, title in STEPS:
        before, found, behind = files[path].partition(place)
        files[path] = f"{before}{found[:1]}{CURSOR}{found[1:]}{behind}"
        apply(ask(files, root).titled(title).change)
        files = read_files(root)
    return root


async def answers(agent: RunningAgent | OurAgent) -> list[Any]:
    target = Target(agent.host, agent.port, agent.agent_id, "explicit")
    async with AgentClient(target) as client:

        async def run(tag: str, **inputs: Any) -> Any:
            return (await client.run(Call(tag, kwargs=inputs))).value

        async def stream(tag: str, **inputs: Any) -> Any:
            call = Call(tag, kwargs=inputs)
            return [it.value async for it in client.stream(call) if isinstance(it, Chunk)]

        return [
            await run("lines", text="a b"),
            await stream("lines_stream", text="a b", end="!"),
            await run("numbers", count=2, start=4),
            await stream("numbers_stream", count=2),
            await stream("generic_stream", count=1),
            await run("missing", message="hi"),
            await stream("later_stream", message="hi"),
            await run("secret"),
            await run("opening", day="at ten"),
            await stream("wares_stream"),
        ]


EXPECTED = [
    ["a.", "b."],
    ["a!", "b!"],
    [4, 5],
    [1, 2],
    [1],
    "hi",
    ["hi"],
    SECRET,
    "corner opens at ten",
    ["hat", "coat"],
]


def test_it_checks_clean_also_when_it_is_imported(made: Path) -> None:
    done = run_cli(("check", "--verify", "--output-format", "json", made), cwd=made)
    found = [it for file in json.loads(done.out)["files"] for it in file["diagnostics"]]
    assert (done.code, found) == (0, [])


async def test_the_real_server_answers(
    made: Path, serve_real_agent: Callable[[Path], RunningAgent]
) -> None:
    assert await answers(serve_real_agent(made)) == EXPECTED


async def test_our_server_answers(made: Path) -> None:
    with serving_ours(made) as agent:
        assert await answers(agent) == EXPECTED
