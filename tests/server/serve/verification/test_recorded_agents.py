"""Verifying says what the real server says, and of real configurations nothing that is not so."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus_agents import PROJECTS, build
from recorded_starts import BY_NAME, CASES, STARTS_BUT_CALLS_FAIL, agent_of
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check
from runagent_ls.rules.finding import Finding
from runagent_ls.serve.lifecycle.planning import plan_of
from runagent_ls.serve.state import StartFailedError
from runagent_ls.serve.verification import Verification, observed, verify

PYTHON = Path(sys.executable)
NOT_OURS = {
    "agent not registered": "we need no registration",
    "requirement that cannot be installed": "we install nothing",
    "stdout encoding cp1252": "we print nothing",
}
OTHER_FILES = "unrelated file in the folder calls sys.exit(0)"
"""It ends the real server and not ours; reading the files says so."""
STUB = (
    "class _Any:\n"
    "    def __init__(self, *args, **kwargs): ...\n"
    "    def __call__(self, *args, **kwargs): return args[0] if args else self\n"
    "    def __getattr__(self, name): return _Any()\n"
    "def __getattr__(name):\n"
    "    if name.startswith('__'): raise AttributeError(name)\n"
    "    return _Any\n"
)
"""Stands in for the frameworks: every name is a class, every attribute can be called."""


async def verified(config: Path) -> tuple[Verification, list[Finding]]:
    try:
        found = await verify(plan_of(config, PYTHON))
    except StartFailedError as error:
        found = Verification(PYTHON, failure=error.failure)
    project = load_project(config, DiskFiles())
    findings = check(observed(project, found)).values()
    return found, [it for each in findings for it in each]


def errors(findings: list[Finding]) -> set[str]:
    return {it.slug for it in findings if it.severity == "error"}


@BY_NAME
async def test_an_error_is_said_exactly_when_the_server_does_not_start(
    case: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "1" / "2" / "3" / "4" / "agent"
    folder.mkdir(parents=True)
    found, findings = await verified(agent_of(case, folder))
    if case["server_starts"] or case["case"] in NOT_OURS:
        assert errors(findings) == STARTS_BUT_CALLS_FAIL.get(case["case"], set())
        assert found.failure is None
        return
    assert errors(findings)
    assert "start-fails" not in errors(findings)
    if case["case"] == OTHER_FILES:
        assert found.failure is None
        return
    assert found.failure is not None
    recorded = case["stdout"].replace("<agent-dir>", str(folder)).partition("Server error: ")[2]
    if found.reports and recorded:
        # The console of the recording broke lines at its width.
        assert found.failure.message.split() == recorded.split()


@pytest.mark.parametrize("project", PROJECTS)
async def test_real_agents_are_what_reading_them_says(project: str, tmp_path: Path) -> None:
    """Their frameworks are not here: without a stand-in exactly that is said, with it nothing."""
    config = build(project, tmp_path)
    value = json.loads(config.read_text("utf-8"))
    value.setdefault("agent_id", "11111111-2222-4333-8444-555555555555")
    config.write_text(json.dumps(value, indent=2), "utf-8")
    plain = check(load_project(config, DiskFiles())).values()
    known = errors([it for each in plain for it in each])
    found, findings = await verified(config)
    if "unknown-framework" in known or value["framework"] == "n8n":
        assert errors(findings) == known
        return
    missing = {it.failure.message for it in found.reports if it.failure is not None}
    assert missing == {"No module named 'framework'"}
    assert errors(findings) == known | {"missing-dependency"}
    (tmp_path / "framework.py").write_text(STUB, "utf-8")
    found, findings = await verified(config)
    assert found.passed
    assert errors(findings) == known
    by_tag = {it.tag: it for it in found.reports}
    for entrypoint in load_project(config, DiskFiles()).entrypoints:
        assert by_tag[entrypoint.tag or ""].exists


def test_the_exceptions_are_cases() -> None:
    names = {case["case"] for case in CASES}
    assert names >= {*NOT_OURS, OTHER_FILES}
