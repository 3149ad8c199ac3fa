"""What two processes recall of one agent is counted together."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from agent_runtime.memory import EpisodicMemory, load_memory, save_memory
from agent_runtime.persistence import MemoryRecord, StoreError
from limited_files import no_file_longer_than
from stores import KINDS, AnyStore, opened


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return cast(str, request.param)


class Process:
    """An agent with a memory and a store of its own, as each process has them."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.store: AnyStore = opened(kind, folder)
        self.memory = EpisodicMemory()
        self.load()

    def load(self) -> None:
        assert load_memory(self.store, "helper", [self.memory]) == []

    def save(self) -> None:
        save_memory(self.store, "helper", [self.memory])

    def recall(self, times: int) -> None:
        for _ in range(times):
            assert len(self.memory.recall("blue sky")) == 1

    def recalls(self) -> int:
        (episode,) = self.memory.episodes()
        return episode.recalls


def test_nobody_overwrites_what_others_have_counted(kind: str, tmp_path: Path) -> None:
    first = Process(kind, tmp_path)
    first.memory.store("The sky is blue.")
    first.recall(1)
    first.save()
    second = Process(kind, tmp_path)
    first.recall(3)
    second.recall(2)
    first.save()
    second.save()
    second.recall(4)
    second.save()
    assert Process(kind, tmp_path).recalls() == 10
    # what is not saved yet is counted, too
    first.recall(1)
    first.load()
    assert first.recalls() == 11
    first.save()
    first.save()
    assert Process(kind, tmp_path).recalls() == 11


def test_what_could_not_be_saved_is_counted_once_when_it_can(kind: str, tmp_path: Path) -> None:
    first = Process(kind, tmp_path)
    first.memory.store("The sky is blue.")
    first.save()
    second = Process(kind, tmp_path)
    first.recall(3)
    with no_file_longer_than(10), pytest.raises(StoreError):
        first.save()
    second.recall(2)
    second.save()
    first.save()
    assert Process(kind, tmp_path).recalls() == 5


def test_a_count_that_others_have_damaged_begins_with_ours(kind: str, tmp_path: Path) -> None:
    first = Process(kind, tmp_path)
    first.memory.store("The sky is blue.")
    first.recall(2)
    first.save()
    (record,) = first.store.load_memory("helper")
    broken = MemoryRecord(record.id, "episodic", {**record.fields, "recalls": "many"})
    first.store.save_memory("helper", [broken], [])
    first.recall(1)
    first.save()
    assert Process(kind, tmp_path).recalls() == 3
