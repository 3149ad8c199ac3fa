"""Runs of these fronts are recorded before they are answered, however slow the disk is."""

from __future__ import annotations

import pytest

LIMIT_S = 60.0


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests look at what is recorded right after an answer, which may come before it otherwise."""
    monkeypatch.setattr("runagent_ls.serve.invocations.invocations.LONGEST_WAIT_S", LIMIT_S)
