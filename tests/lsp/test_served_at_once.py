"""Two editors that serve the same agent at the same moment."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.editor import SHELL, Editor, RefusedError
from lsp.served import environment, events, is_gone, run_params, write_agent
from runagent_ls.lsp.serving.others import others_or_turn
from runagent_ls.serve.lifecycle.start_turn import StartTurn, take_turn

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]

GATED = """
import os, time
from pathlib import Path

here = Path(__file__).parent
(here / f"importing-{os.getpid()}").write_text("")
while not (here / "gate").exists():
    time.sleep(0.01)

def greet():
    return "hello"
"""
WAITING = "Another editor is starting agent, waiting for it"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_agent(tmp_path / "agent", GATED, greet="greet")


@pytest.fixture
def pair(editors: MakeEditor, tmp_path: Path) -> tuple[Editor, Editor]:
    """Two language servers of the same user."""
    made = [editors([tmp_path], SHELL, environment=environment(tmp_path)) for _ in range(2)]
    for editor in made:
        editor.start()
    return made[0], made[1]


def workers(config: Path) -> list[Path]:
    """A file for each process that has begun to import the agent."""
    return list(config.parent.glob("importing-*"))


def waits(editor: Editor) -> bool:
    return WAITING in [it["step"]["message"] for it in events(editor, "step")]


def begin_both(pair: tuple[Editor, Editor], config: Path) -> tuple[Editor, int, Editor, int]:
    """Ask both; gives the one that starts the agent with its request, then the one that waits."""
    one, two = pair
    asked = {"configUri": config.as_uri(), "interpreter": sys.executable}
    requests = {it: it.begin("runagent/serve/start", asked) for it in pair}
    one.until(lambda: waits(one) or waits(two), "one waits for the other")
    first, second = (two, one) if waits(one) else (one, two)
    first.until(lambda: len(workers(config)) == 1, "the other one imports the agent")
    return first, requests[first], second, requests[second]


def test_one_starts_the_agent_and_the_other_uses_it(
    pair: tuple[Editor, Editor], config: Path
) -> None:
    first, asked, second, waiting = begin_both(pair, config)
    (config.parent / "gate").write_text("")
    started, found = first.answer(asked), second.answer(waiting)
    assert (started["state"], started["own"]) == ("ready", True)
    assert (found["state"], found["own"], found["pid"]) == ("ready", False, started["pid"])
    assert len(workers(config)) == 1


def test_a_run_tells_what_it_waits_for(pair: tuple[Editor, Editor], config: Path) -> None:
    requests = [it.begin("runagent/run", run_params(config, "greet")) for it in pair]
    one, two = pair
    one.until(lambda: waits(one) or waits(two), "one waits for the other")
    waiting = one if waits(one) else two
    assert WAITING in [it.get("message") for it in waiting.of("runagent/runState")]
    (config.parent / "gate").write_text("")
    outcomes = [it.answer(asked) for it, asked in zip(pair, requests, strict=True)]
    assert [it["value"] for it in outcomes] == ["hello", "hello"]
    assert len({it["target"]["port"] for it in outcomes}) == 1


def test_the_other_starts_it_when_the_first_is_killed(
    pair: tuple[Editor, Editor], config: Path
) -> None:
    first, _, second, waiting = begin_both(pair, config)
    (worker,) = [int(it.name.rpartition("-")[2]) for it in workers(config)]
    first.kill()
    second.until(lambda: len(workers(config)) == 2, "the second one imports the agent")
    (config.parent / "gate").write_text("")
    started = second.answer(waiting)
    assert (started["state"], started["own"]) == ("ready", True)
    second.until(lambda: is_gone(worker), "nothing of the first is left")


def test_the_other_starts_it_when_the_first_fails(
    pair: tuple[Editor, Editor], config: Path
) -> None:
    """What was wrong may have been its Python, or be mended by now."""
    main = config.parent / "main.py"
    main.write_text(GATED + "\nraise ValueError(len(list(here.glob('importing-*'))))\n")
    first, asked, second, waiting = begin_both(pair, config)
    (config.parent / "gate").write_text("")
    assert first.answer(asked)["failure"]["message"].endswith("1")
    assert second.answer(waiting)["failure"]["message"].endswith("2")


def test_waiting_can_be_cancelled(pair: tuple[Editor, Editor], config: Path) -> None:
    first, asked, second, waiting = begin_both(pair, config)
    second.notify("$/cancelRequest", {"id": waiting})
    with pytest.raises(RefusedError) as refused:
        second.answer(waiting)
    assert refused.value.code == -32800
    (config.parent / "gate").write_text("")
    assert first.answer(asked)["state"] == "ready"
    assert len(workers(config)) == 1


# --- the turn itself ------------------------------------------------------------------------


HOLDS = """
import sys, time
from pathlib import Path
from runagent_ls.serve.lifecycle.start_turn import take_turn
turn = take_turn(Path(sys.argv[1]))
print(turn is not None, flush=True)
time.sleep(600)
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUNAGENT_LS_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def test_a_turn_that_is_never_used_is_waited_for_in_limits(state: Path, config: Path) -> None:
    server = str(Path(__file__).parents[2] / "server")
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {server!r})\n{HOLDS}", str(config)],
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline().strip() == b"True"
        told: list[str] = []
        begin = time.monotonic()
        found = asyncio.run(others_or_turn(config, (), lambda: told.append("waits"), 0.3))
        assert found is None and told == ["waits"]
        assert 0.3 <= time.monotonic() - begin < 60
        holder.kill()
        holder.wait()
        turn = take_turn(config)
        assert turn is not None, "the turn comes back when its holder is killed"
        turn.end()
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout is not None:
            holder.stdout.close()


def test_a_turn_leaves_nothing_behind(state: Path, config: Path) -> None:
    turn = take_turn(config)
    assert isinstance(turn, StartTurn)
    assert take_turn(config) is None
    other = take_turn(config.parent / "other" / config.name)
    assert other is not None
    other.end()
    turn.end()
    turn.end()
    again = take_turn(config)
    assert again is not None
    again.end()
    assert list((state / "starting").iterdir()) == []


def test_without_a_place_for_locks_everybody_has_the_turn(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RUNAGENT_LS_STATE", str(tmp_path / "file"))
    assert take_turn(config) is not None
    assert take_turn(config) is not None
