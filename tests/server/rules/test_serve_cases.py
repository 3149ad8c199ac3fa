"""Recorded starts of the real server: what did not start has an error finding, what did has none.

`serve-cases.json` was recorded from runagent 0.1.49.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recorded_starts import BY_NAME, CASES, STARTS_BUT_CALLS_FAIL, agent_of
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check

BEYOND_THE_FILES = {
    "missing dependency": "which packages the agent's interpreter has is not in the files",
    "agent not registered": "the registry is not in the files",
    "requirement that cannot be installed": "a package index decides",
    "stdout encoding cp1252": "the terminal decides",
}


def error_slugs(config: Path) -> set[str]:
    found = check(load_project(config, DiskFiles()))
    return {it.slug for findings in found.values() for it in findings if it.severity == "error"}


@BY_NAME
def test_an_error_is_said_exactly_when_the_server_does_not_start(
    case: dict[str, Any], workplace: Path
) -> None:
    errors = error_slugs(agent_of(case, workplace))
    if case["server_starts"]:
        assert errors == STARTS_BUT_CALLS_FAIL.get(case["case"], set())
    elif case["case"] in BEYOND_THE_FILES:
        assert errors == set()
    else:
        assert errors


def test_the_exceptions_are_cases() -> None:
    names = {case["case"] for case in CASES}
    assert len(CASES) == 37
    assert names >= BEYOND_THE_FILES.keys() | STARTS_BUT_CALLS_FAIL.keys()
