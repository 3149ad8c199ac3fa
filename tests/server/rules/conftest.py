"""A folder for agents whose surroundings no test run can disturb."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """An empty folder, deep enough that RunAgent's search for a project's root ends inside.

    It looks four folders up, where the machine's temporary folder may hold anything.
    """
    folder = tmp_path / "1" / "2" / "3" / "4" / "agent"
    folder.mkdir(parents=True)
    return folder
