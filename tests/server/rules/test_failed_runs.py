"""The line that failed an entrypoint's last run, shown in a project that may have been edited."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import load_project
from runagent_ls.project.model import AgentProject
from runagent_ls.project.observation import FailedRun, Fault, Step
from runagent_ls.rules.engine import check
from runagent_ls.rules.finding import Finding
from runagent_ls.rules.selection import Selection

MAIN = """from tools.names import name_of


def greet(who):
    return "hello " + name_of(who)
"""
NAMES = """def name_of(who):
    return NAMES[who]
"""
ENTRY = {"file": "main.py", "module": "greet", "tag": "greet"}


def write(folder: Path, *entrypoints: dict[str, str]) -> Path:
    (folder / "tools").mkdir(exist_ok=True)
    (folder / "main.py").write_text(MAIN, "utf-8")
    (folder / "tools" / "names.py").write_text(NAMES, "utf-8")
    value = {
        "agent_id": "11111111-2222-4333-8444-555555555555",
        "agent_name": "demo",
        "description": "d",
        "framework": "default",
        "template": "",
        "version": "1.0.0",
        "created_at": "2025-06-25T13:42:03",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_architecture": {"entrypoints": list(entrypoints) or [ENTRY]},
    }
    path = folder / "runagent.config.json"
    path.write_text(json.dumps(value, indent=2), "utf-8")
    return path


def failed(folder: Path, message: str = "'Grace'", exception: str | None = "KeyError") -> FailedRun:
    steps = (
        Step(folder / "main.py", 5, 'return "hello " + name_of(who)'),
        Step(folder / "tools" / "names.py", 2, "return NAMES[who]"),
    )
    return FailedRun("greet", {**ENTRY}, Fault("raised", message, exception, steps))


def found(project: AgentProject, selection: Selection | None = None) -> list[Finding]:
    of_files = check(project, selection).values()
    return [it for findings in of_files for it in findings if it.slug == "run-failed"]


def load(config: Path, *runs: FailedRun) -> AgentProject:
    return replace(load_project(config, DiskFiles()), failed_runs=runs)


def test_the_line_is_marked_with_the_way_there(workplace: Path) -> None:
    config = write(workplace)
    [finding] = found(load(config, failed(workplace)))
    assert (finding.code, finding.severity) == ("RA324", "warning")
    assert finding.message == "greet failed here in its last run: KeyError: 'Grace'"
    assert finding.file == workplace / "tools" / "names.py"
    assert finding.range == ((1, 4), (1, 21))
    related = [(it.file.name, it.range.start.line, it.message) for it in finding.related]
    assert related == [
        ("main.py", 4, "On the way there"),
        ("runagent.config.json", 18, "The entrypoint that was run"),
    ]


def test_what_an_exception_says_is_told_on_one_line_of_bounded_length(workplace: Path) -> None:
    config = write(workplace)
    [long] = found(load(config, failed(workplace, "x" * 10_000 + "\nmore")))
    assert len(long.message) < 400 and "\n" not in long.message
    [silent] = found(load(config, failed(workplace, "", None)))
    assert silent.message == "greet failed here in its last run: no reason was given"


def test_the_line_moves_with_the_text_and_goes_when_it_is_edited(workplace: Path) -> None:
    config, names = write(workplace), workplace / "tools" / "names.py"
    files = OverlayFiles(DiskFiles())
    for text, line in (
        ("NAMES = {}\n\n\n" + NAMES, 4),
        (NAMES.replace("NAMES[who]", "NAMES.get(who)"), None),
        ("", None),
        (NAMES, 1),
    ):
        files.open(names, text)
        project = replace(load_project(config, files), failed_runs=(failed(workplace),))
        assert [it.range.start.line for it in found(project)] == ([] if line is None else [line])


def test_an_entrypoint_that_was_edited_since_is_not_spoken_of(workplace: Path) -> None:
    other = {**ENTRY, "module": "welcome"}
    assert found(load(write(workplace, other), failed(workplace))) == []
    assert found(load(write(workplace, {**ENTRY, "tag": "welcome"}), failed(workplace))) == []
    assert len(found(load(write(workplace), failed(workplace)))) == 1


def test_a_recursion_tells_each_place_once(workplace: Path) -> None:
    config, run = write(workplace), failed(workplace)
    steps = (*run.fault.steps * 50, run.fault.steps[-1])
    [finding] = found(load(config, replace(run, fault=replace(run.fault, steps=steps))))
    assert len(finding.related) == 2


def test_the_rule_can_be_switched_off_and_made_louder(workplace: Path) -> None:
    project = load(write(workplace), failed(workplace))
    assert found(project, Selection(ignore=("run-failed",))) == []
    [loud] = found(project, Selection(severities={"run-failed": "error"}))
    assert loud.severity == "error"
