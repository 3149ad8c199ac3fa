"""Events, status and failures as JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.agents.targets.own_servers import ServerToken
from runagent_ls.serve.lifecycle.events import (
    Event,
    Failed,
    Logged,
    LogLine,
    Ready,
    RequirementsMissing,
    StatusChanged,
    Step,
    event_from_message,
    event_to_message,
)
from runagent_ls.serve.messages import status_from_message
from runagent_ls.serve.state import EntrypointReport, Failure, Frame, Status

FAILURE = Failure(
    "INTERNAL_ERROR",
    "boom",
    "do this",
    "ValueError",
    "greet",
    (Frame(Path("/a/main.py"), 3, "greet", "raise"), Frame(Path("/a/b.py"), 1, "")),
    4,
)
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
REPORT = EntrypointReport(
    "greet", True, True, False, "function", "(name)", Path("/a/main.py"), 3, FAILURE
)
STATUS = Status(
    "stale",
    MOMENT,
    MOMENT,
    FAILURE,
    12,
    "3.11.7",
    (REPORT, EntrypointReport("x", False)),
    5678,
    1,
    2,
)
EVENTS: list[Event] = [
    Step("importing", "Importing"),
    StatusChanged(STATUS),
    StatusChanged(Status("starting", MOMENT)),
    Ready("127.0.0.1", 8450, ServerToken("t0ken"), "agent", 77, True),
    Logged((LogLine("run", "stdout", "a\u2028\n", 5), LogLine(None, "stderr", "", 6))),
    RequirementsMissing(("a", "b"), ("python", "-m", "pip", "install", "a", "b")),
    Failed(FAILURE),
    Failed(Failure("X", "m")),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_was_sent(event: Event) -> None:
    assert event_from_message(json.loads(json.dumps(event_to_message(event)))) == event


def test_the_token_is_in_the_message_and_in_no_text() -> None:
    assert "t0ken" not in repr(EVENTS)
    assert event_to_message(EVENTS[3])["token"] == "t0ken"


def test_events_of_later_versions_are_passed_over() -> None:
    assert event_from_message({"event": "weather", "sunny": True}) is None
    assert event_from_message({"event": "step", "step": "dreaming", "message": ""}) is None
    assert event_from_message({}) is None


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "ready",
        {"event": "ready"},
        {"event": "ready", "host": 1, "port": "x", "token": 1, "agentId": 1, "pid": 1},
        {"event": "status", "status": None},
        {"event": "status", "status": {"state": "odd", "since": "2026-01-01"}},
        {"event": "status", "status": {"state": "ready", "since": "yesterday"}},
        {"event": "failed", "failure": []},
        {"event": "log", "lines": [{}]},
        {"event": "log", "lines": ["x"]},
    ],
)
def test_what_is_no_event_is_refused(message: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        event_from_message(message)


def test_values_of_wrong_types_count_as_not_known() -> None:
    status = status_from_message(
        {"state": "ready", "since": "2026-01-01T00:00:00", "workerPid": "12", "running": None}
    )
    assert (status.worker_pid, status.running, status.entrypoints) == (None, 0, ())
