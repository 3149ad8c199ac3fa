"""A history of its own for each test, and runs to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from runagent_ls.agents.history import History, Limits, RunRecord
from runagent_ls.agents.runs import OutputItem, RunOutcome
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import JsonValue

TARGET = Target("127.0.0.1", 8450, "agent-1", "registry")

OpenHistory: TypeAlias = Callable[..., History]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


@pytest.fixture
def troubles() -> list[str]:
    """What the histories of a test complained about."""
    return []


@pytest.fixture
def open_history(path: Path, troubles: list[str]) -> Iterator[OpenHistory]:
    """Open a history at `path`, closed with the test."""
    opened: list[History] = []

    def start(at: Path = path, limits: Limits | None = None) -> History:
        opened.append(History.open(at, limits, troubles.append))
        return opened[-1]

    yield start
    for history in opened:
        assert history.close()
    assert [it for it in troubles if "not recorded" in it] == []


@pytest.fixture
def history(open_history: OpenHistory) -> History:
    return open_history()


def items(values: Sequence[JsonValue], first: int = 0, at_ms: float = 1.0) -> list[OutputItem]:
    """Chunks as a run hands them on: texts as text."""
    import json

    return [
        OutputItem(
            index,
            at_ms + index,
            "text" if isinstance(value, str) else "value",
            value,
            json.dumps(value),
        )
        for index, value in enumerate(values, first)
    ]


def completed(chunks: int = 0, result: JsonValue = None, elapsed_ms: float = 20.0) -> RunOutcome:
    from runagent_ls.agents.call import RunResult

    answer = None if result is None else RunResult(result, None, elapsed_ms / 1000)
    return RunOutcome("completed", TARGET, elapsed_ms, chunks, 1.0 if chunks else None, answer)


def record_run(history: History, record: RunRecord, values: Sequence[JsonValue] = ()) -> str:
    """Record a whole run; its id."""
    recorder = history.begin(record)
    recorder.state("connecting", TARGET)
    if values:
        recorder.output(items(values))
    recorder.end(completed(len(values)))
    assert history.flush()
    assert recorder.history_id is not None
    return recorder.history_id
