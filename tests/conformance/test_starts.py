"""What starts and what does not, and what is said then: the recorded cases and the real command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.comparing import check
from conformance.differences import DIFFERENCES
from conformance.projects import CONFIG, FIXTURES, SOURCES
from conformance.starts import Start, plain, real_starts
from runagent_ls.serve.lifecycle.planning import plan_of
from runagent_ls.serve.state import StartFailedError
from serve_our_agent import NotServedError, serving_ours
from serve_real_agent import interpreter

CASES: list[dict[str, Any]] = json.loads(
    (SOURCES / "serve-cases.json").read_text(encoding="utf-8")
)["cases"]
CONFIGS: list[dict[str, Any]] = json.loads(
    (FIXTURES.parent / "contracts/config/data/config-cases.json").read_text(encoding="utf-8")
)["cases"]

# Where ours starts and theirs does not, or says something else.
DIFFERS = {
    "exception at import whose text contains [/word": "markup-at-start",
    "sys.exit(4) at import": "exit-at-start",
    "unrelated file in the folder calls sys.exit(0)": "other-files",
    "agent not registered": "registration",
    "requirement that cannot be installed": "requirements",
    "stdout encoding cp1252": "output-encoding",
    "relative import without __init__.py": "init-files",
    "agent_id missing": "schema-words",
    "unknown framework": "schema-words",
    "duplicate tags": "schema-words",
    ".env line without =": "schema-words",
}


def written(case: dict[str, Any], parent: Path) -> Path:
    """The folder of a recorded case."""
    folder = parent / f"{CASES.index(case)}" / "agent"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    for name, text in case["files"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    config = {**CONFIG, "agent_architecture": {"entrypoints": case["entrypoints"]}}
    config |= case["overrides"]
    for key in case["removed_keys"]:
        config.pop(key, None)
    text = "{bad" if case["case"] == "invalid JSON" else json.dumps(config)
    if case["case"] != "no config file":
        (folder / "runagent.config.json").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Start, Path]]:
    parent = tmp_path_factory.mktemp("starts")
    folders = [written(case, parent) for case in CASES]
    starts = real_starts(folders, tmp_path_factory.mktemp("cache"))
    found = zip(starts, folders, strict=True)
    return {case["case"]: each for case, each in zip(CASES, found, strict=True)}


def test_the_recorded_cases_still_hold(theirs: dict[str, tuple[Start, Path]]) -> None:
    assert len(CASES) == 37
    for case in CASES:
        start, folder = theirs[case["case"]]
        if case["case"] == "stdout encoding cp1252":
            continue  # not about the folder
        assert (start.answers is not None) == case["server_starts"], (case["case"], start)
        if not case["server_starts"]:
            assert start.exit_code == case["exit_code"], case["case"]
            assert plain(start.error or "", folder)[:70] == plain(recorded(case), folder)[:70]


def recorded(case: dict[str, Any]) -> str:
    """What the record says after the mark of a failure."""
    return str(case["stdout"]).rpartition("❌ Server error: ")[2]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_starts(case: dict[str, Any], tmp_path: Path) -> None:
    folder = written(case, tmp_path)
    differs = DIFFERS.get(case["case"])
    try:
        with serving_ours(folder, "--interpreter", str(interpreter())):
            started, said, code = True, None, 0
    except NotServedError as failed:
        assert failed.failure is not None, failed
        started, said, code = False, failed.failure["message"], failed.exit_code or 0
    if case["server_starts"] and differs is None:
        assert started
    elif differs is None:
        assert not started
        assert plain(recorded(case), folder) in plain(said or "", folder)
        assert code == case["exit_code"]
    else:
        check_difference(case, differs, started, said, folder)


def check_difference(
    case: dict[str, Any], differs: str, started: bool, said: str | None, folder: Path
) -> None:
    """Ours is what the table says; the real one is in the record."""
    assert differs in DIFFERENCES
    left_behind = case.get("files_created_and_left_behind", [])
    if left_behind:
        assert started
        assert not any((folder / name).exists() for name in left_behind)
    elif differs in {"markup-at-start", "exit-at-start", "schema-words"}:
        assert not started
        assert said
        assert plain(said, folder) != plain(recorded(case), folder)
    else:
        assert started
        assert not case["server_starts"]


LOADED = [case for case in CONFIGS if case["accepted"]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Start, Path]]:
    parent = tmp_path_factory.mktemp("configs")
    folders = []
    for number, case in enumerate(LOADED):
        folder = parent / str(number) / "agent"
        folder.mkdir(parents=True)
        (folder / "pyproject.toml").touch()
        (folder / "main.py").write_text("def greet(name='x'):\n    return name\n", "utf-8")
        text = case["raw"] if "raw" in case else json.dumps(case["config"])
        (folder / "runagent.config.json").write_text(text, encoding="utf-8")
        folders.append(folder)
    starts = real_starts(folders, tmp_path_factory.mktemp("cache"))
    found = zip(starts, folders, strict=True)
    return {case["name"]: each for case, each in zip(LOADED, found, strict=True)}


@pytest.mark.parametrize("name", [case["name"] for case in LOADED])
def test_configurations_that_load(loaded: dict[str, tuple[Start, Path]], name: str) -> None:
    """What is served of each configuration, as the info and architecture pages show it."""
    start, folder = loaded[name]
    try:
        plan = plan_of(folder / "runagent.config.json", interpreter())
    except StartFailedError as failed:
        assert start.error is not None, failed
        assert plain(failed.failure.message, folder) == plain(start.error, folder)
        return
    if start.answers is None:
        # only the worker finds out
        assert name in {*FOUND_LATER, *CONFIG_DIFFERS}, start.error
        return
    info = start.answers["/api/v1"]
    ours = json.loads(json.dumps(plan.config))
    if name in UNREADABLE_DATES:
        ours["created_at"] = info["config"]["created_at"]
    check(info["config"], ours)
    assert info["version"] == plan.version
    assert info["message"] == f"RunAgent API - {plan.name}({plan.agent_id})"


FOUND_LATER = {"entrypoint empty:file", "entrypoint empty:module"}
CONFIG_DIFFERS = {"version:empty": "empty-version"}
UNREADABLE_DATES = {"created_at:'25/06/2025'", "created_at:'yesterday'", "created_at:''"}
"""which are replaced by the moment"""
