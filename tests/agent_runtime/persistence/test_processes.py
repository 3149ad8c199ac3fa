"""Several processes at one store, and what is left when one is killed in the middle of it."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path
from typing import cast

import pytest

from session_events import checkpoint, started, thought
from stores import KINDS, opened, process

ROUNDS = 12
WRITERS = 8
EACH = 20


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return cast(str, request.param)


def told_before_it_is_killed(kind: str, folder: Path, chance: random.Random, *what: str) -> int:
    """The last number that the process said was saved."""
    said = 0
    with process(kind, folder, *what) as writer:
        assert writer.stdout is not None
        for _ in range(chance.randrange(1, 12)):
            said = int(writer.stdout.readline())
        # somewhere in what comes next
        for _ in range(chance.randrange(0, 20_000)):
            pass
        writer.kill()
        for line in writer.stdout:
            with contextlib.suppress(ValueError):
                said = int(line)
    return said


@pytest.mark.parametrize("characters", [20, 300_000])
def test_a_killed_process_leaves_all_it_was_told_is_saved_and_nothing_half(
    kind: str, tmp_path: Path, characters: int
) -> None:
    chance = random.Random(f"{kind} {characters}")  # noqa: S311 - no secret
    opened(kind, tmp_path).append("a", [started("a")])
    said = 0
    for _ in range(ROUNDS):
        said = told_before_it_is_killed(kind, tmp_path, chance, "append", "a", str(characters))
        found = list(opened(kind, tmp_path).events("a"))
        assert [event["seq"] for event in found] == list(range(len(found)))
        assert len(found) > said
        # two were always saved together
        assert found[-1]["type"] == "checkpoint"
        assert {len(event["text"]) for event in found if event["type"] == "thought"} == {characters}
        assert opened(kind, tmp_path).summary("a").last_at == found[-1]["at"]
    store = opened(kind, tmp_path)
    store.append("a", [thought("a", len(found)), checkpoint("a", len(found) + 1, 2)])
    assert store.summary("a").steps == 2


@pytest.mark.parametrize("characters", [20, 100_000])
def test_a_killed_process_leaves_memory_that_is_all_new_or_all_old(
    kind: str, tmp_path: Path, characters: int
) -> None:
    chance = random.Random(f"memory {kind} {characters}")  # noqa: S311 - no secret
    for _ in range(ROUNDS):
        said = told_before_it_is_killed(kind, tmp_path, chance, "remember", "me", str(characters))
        records = {record.id: record for record in opened(kind, tmp_path).load_memory("me")}
        number = int(str(records["one"].fields["n"]))
        assert number >= said
        assert records["two"].fields == records["one"].fields
        expected = {str(kept) for kept in range(max(1, number - 2), number + 1)}
        assert set(records) == {"one", "two"} | expected


def test_eight_processes_add_to_one_session(kind: str, tmp_path: Path) -> None:
    with contextlib.ExitStack() as running:
        writers = [
            running.enter_context(process(kind, tmp_path, "race", "a", f"writer {n}", str(EACH)))
            for n in range(WRITERS)
        ]
        said = [writer.communicate(timeout=120)[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    # one of them began it
    assert sum(lines.count("second") for lines in said) == WRITERS - 1
    events = list(opened(kind, tmp_path).events("a"))
    assert [event["seq"] for event in events] == list(range(1 + WRITERS * EACH))
    for number, lines in enumerate(said):
        own = [
            str(event["seq"])
            for event in events
            if event["type"] == "thought" and event["text"] == f"writer {number}"
        ]
        assert own == [line for line in lines if line != "second"]
