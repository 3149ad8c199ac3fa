"""The engine: choosing rules, keeping issues, surviving a rule with a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import ProjectCache, load_project
from runagent_ls.project.model import AgentProject
from runagent_ls.rules import engine
from runagent_ls.rules.engine import CheckCache, check
from runagent_ls.rules.registry import all_rules, rule
from runagent_ls.rules.rule import Issue, Rule
from runagent_ls.rules.selection import Level, Selection

BASE: dict[str, Any] = {
    "agent_name": "demo",
    "description": "d",
    "framework": "default",
    "template": "",
    "version": "1.0.0",
    "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_id": "00000000-0000-0000-0000-000000000000",
}


def text_of(*modules: str) -> str:
    entries = [{"file": "main.py", "module": it, "tag": f"t{it}"} for it in modules]
    return json.dumps({**BASE, "agent_architecture": {"entrypoints": entries}}, indent=1)


@pytest.fixture
def config(workplace: Path) -> Path:
    (workplace / "main.py").write_text("def greet(x):\n    return x\n", "utf-8")
    path = workplace / "runagent.config.json"
    path.write_text(text_of("greet", "gret", "nothing_like_it"), "utf-8")
    return path


def slugs(project: AgentProject, selection: Selection | None = None) -> list[str]:
    return sorted(it.slug for found in check(project, selection).values() for it in found)


def test_config_is_a_key_even_without_findings(config: Path) -> None:
    assert check(load_project(config, DiskFiles()), Selection(select=("RA9",))) == {config: ()}


def test_select_ignore_and_severities(config: Path) -> None:
    project = load_project(config, DiskFiles())
    assert slugs(project) == ["name-not-found", "name-not-found", "placeholder-agent-id"]
    assert slugs(project, Selection(select=("RA3",))) == ["name-not-found"] * 2
    assert slugs(project, Selection(ignore=("name-not-found",))) == ["placeholder-agent-id"]
    assert slugs(project, Selection(select=("RA1", "RA303"), ignore=("RA3",))) == [
        "name-not-found",
        "name-not-found",
        "placeholder-agent-id",
    ]
    assert slugs(project, Selection(severities={"ra303": "off"})) == ["placeholder-agent-id"]
    twice: dict[str, Level] = {"ra303": "error", "name-not-found": "off"}
    assert slugs(project, Selection(severities=twice)) == ["placeholder-agent-id"]
    found = check(project, Selection(severities={"placeholder-agent-id": "hint"}))
    assert sorted(it.severity for it in found[config]) == ["error", "error", "hint"]


def test_names_that_fit_no_rule_are_told() -> None:
    chosen = Selection(select=("RA3", "RA777"), ignore=("nonsense",), severities={"x": "off"})
    assert chosen.unknown_names() == ("RA777", "nonsense", "x")


def test_kept_issues_move_with_their_entrypoint(config: Path) -> None:
    files, projects, kept = OverlayFiles(DiskFiles()), ProjectCache(), CheckCache()
    check(load_project(config, files, projects), None, kept)
    for modules in (
        ("greet", "greet", "gret", "nothing_like_it"),
        ("nothing_like_it", "gret"),
        ("gret",),
        ("greet",),
        ("gret", "greet"),
    ):
        files.change(config, text_of(*modules))
        again = check(load_project(config, files, projects), None, kept)
        assert again == check(load_project(config, files))


def test_issues_follow_the_framework(config: Path) -> None:
    files, projects, kept = OverlayFiles(DiskFiles()), ProjectCache(), CheckCache()
    main = config.with_name("main.py")
    main.write_text("class A:\n    def go(self, x):\n        return x\n\n\na = A()\n", "utf-8")
    files.change(config, text_of("a.go"))
    check(load_project(config, files, projects), None, kept)
    files.change(config, text_of("a.go").replace('"default"', '"autogen"'))
    found = check(load_project(config, files, projects), None, kept)
    assert "upload-text-check" in [it.slug for it in found[config]]


def test_a_rule_with_a_fault_does_not_silence_the_others(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(_project: AgentProject) -> Iterator[Issue]:
        raise ZeroDivisionError

    victim = rule("duplicate-tag")
    assert victim is not None
    broken: Rule = replace(victim, check_project=faulty)
    rules = tuple(broken if each is victim else each for each in all_rules())
    monkeypatch.setattr(engine, "all_rules", lambda: rules)
    found = check(load_project(config, DiskFiles()))[config]
    assert sorted(it.slug for it in found) == [
        "name-not-found",
        "name-not-found",
        "placeholder-agent-id",
        "rule-failed",
    ]
    (failure,) = (it for it in found if it.slug == "rule-failed")
    assert "duplicate-tag" in failure.message
    assert "ZeroDivisionError" in failure.message


def test_broken_text_says_nothing_that_rests_on_guessing(config: Path) -> None:
    whole = text_of("greet")
    for cut in range(0, len(whole), 7):
        config.write_text(whole[:cut], "utf-8")
        found = check(load_project(config, DiskFiles()))[config]
        assert {it.code[:3] for it in found} == {"RA0"}, whole[:cut]
