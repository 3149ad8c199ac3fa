"""Names so long that a list of many of them would fill memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from agent_runtime.events import Event
from agent_runtime.persistence import StoreError
from session_events import started, thought
from stores import KINDS, opened

MOST = 4_096


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["id", "agent", "origin"])
@pytest.mark.parametrize("more", [0, 1, 3_000_000])
def test_a_name_that_is_too_long_is_named_in_short(
    kind: str, what: str, more: int, tmp_path: Path
) -> None:
    name = "n" * (MOST + more)
    session = name if what == "id" else "long"
    changes: dict[str, Any] = {}
    if what == "agent":
        changes = {"agent": name}
    elif what == "origin":
        changes = {"forked_from": {"session": name, "step": 1}}
    store = opened(kind, tmp_path)
    store.append("good", [started("good")])
    store.append(session, [cast("Event", {**started(session), **changes})])
    store.append(session, [thought(session, 1)])
    for looking in (store, opened(kind, tmp_path)):
        sessions, problems = looking.survey()
        if more == 0:
            assert (len(sessions), problems) == (2, [])
            continue
        assert [summary.id for summary in sessions] == ["good"]
        (problem,) = problems
        assert "a name of more than 4,096 characters ('nnn" in problem
        assert len(problem) < 1_000
        with pytest.raises(StoreError, match="cannot be listed"):
            looking.summary(session)
        assert len(list(looking.events(session))) == 2
    store.delete(session)
    assert [summary.id for summary in opened(kind, tmp_path).sessions()] == ["good"]
