"""The history of runs: each run a transcript in one local file.

`History.open()` opens no file; `history.begin(RunRecord(...))` gives a `Recorder`, and
`recording(sink, recorder)` records what goes to a run's sink. See docs/history.md.
"""

from __future__ import annotations

from runagent_ls.agents.history.history import History
from runagent_ls.agents.history.recorder import Recorder, recording
from runagent_ls.agents.history.records import (
    HistoryError,
    Limits,
    Match,
    Page,
    Query,
    RunRecord,
    StoredChunk,
    StoredRun,
)

__all__ = [
    "History",
    "HistoryError",
    "Limits",
    "Match",
    "Page",
    "Query",
    "Recorder",
    "RunRecord",
    "StoredChunk",
    "StoredRun",
    "recording",
]
