"""Every rule against its three projects: bad has exactly its findings, good and fixed have none.

A name that begins with `dot-` stands for one with a leading dot, which tools around the
repository would hide or leave out. When a project has a folder `agent`, that is the agent.
For rules that need it the agent is really imported, with its `old-python` when it has one.
`UPDATE_EXPECTED=1` writes the expected findings anew: read the difference before you keep it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.documentation import HEADINGS, pages
from runagent_ls.rules.engine import check
from runagent_ls.rules.finding import Finding, TextEdit
from runagent_ls.rules.registry import all_rules, rule
from runagent_ls.rules.rule import Rule
from runagent_ls.serve.lifecycle.planning import plan_of
from runagent_ls.serve.plan import Limits
from runagent_ls.serve.verification import observed, verify
from runagent_ls.text.lines import LineIndex

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests" / "fixtures" / "rules"
WITHOUT_FIXTURE = {
    "rule-failed": "speaks of a fault in a rule; see test_engine.py",
    "run-failed": "speaks of runs; see test_failed_runs.py",
    "start-fails": "speaks when another rule is switched off; see test_observed.py",
}
UPDATE = os.environ.get("UPDATE_EXPECTED") == "1"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

RULES = [each for each in all_rules() if each.slug not in WITHOUT_FIXTURE]
by_slug = pytest.mark.parametrize("each", RULES, ids=lambda each: each.slug)


def project_copy(source: Path, target: Path) -> Path:
    """Copy a project, restore names with leading dots; the folder of the agent."""
    for path in sorted(source.rglob("*")):
        parts = [re.sub(r"^dot-", ".", part) for part in path.relative_to(source).parts]
        if path.is_file():
            copied = target.joinpath(*parts)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copied)
    return target / "agent" if (target / "agent").is_dir() else target


def findings_in(agent: Path, each: Rule) -> Mapping[Path, tuple[Finding, ...]]:
    names = [name for name in CONFIG_NAMES if (agent / name).exists()]
    project = load_project(agent / (names[0] if names else CONFIG_NAMES[0]), DiskFiles())
    if not each.needs_observation:
        return check(project)
    python = agent / "old-python"
    if python.exists():
        python.chmod(0o755)
    plan = plan_of(project.config_path, python if python.exists() else Path(sys.executable))
    limits = Limits(start_s=3 if each.slug == "import-hangs" else 60)
    return check(observed(project, asyncio.run(verify(plan, limits))))


def described(found: Mapping[Path, tuple[Finding, ...]], base: Path) -> list[dict[str, Any]]:
    """Findings as the golden files have them."""
    return [
        {
            "file": path.relative_to(base).as_posix(),
            "code": it.code,
            "severity": it.severity,
            "message": without_this_machine(it.message, base),
            "range": [list(it.range.start), list(it.range.end)],
            "related": [
                [other.file.relative_to(base).as_posix(), list(other.range.start), other.message]
                for other in it.related
            ],
            "fix": it.fix.title if it.fix is not None else None,
        }
        for path, findings in sorted(found.items())
        for it in findings
    ]


def without_this_machine(message: str, base: Path) -> str:
    """Which command installs something, and which Python there is, differs."""
    message = re.sub(r" Run: .*", " Run: <command>", message)
    version = ".".join(map(str, sys.version_info[:3]))
    known = {str(base): "<folder>", sys.executable: "<python>", f"Python {version}": "Python <x>"}
    for text, name in known.items():
        message = message.replace(text, name)
    return message


def applied(edits: list[TextEdit], text: str) -> str:
    lines = LineIndex(text)
    spots = [(lines.offset(it.range.start), lines.offset(it.range.end), it) for it in edits]
    for start, end, edit in sorted(spots, key=lambda spot: spot[:2], reverse=True):
        text = text[:start] + edit.new_text + text[end:]
    return text


def fix_all(agent: Path, each: Rule) -> None:
    """Apply the fixes of one rule, those of one round together."""
    for _ in range(5):
        edits: dict[Path, dict[TextEdit, None]] = {}
        for findings in findings_in(agent, each).values():
            for finding in findings:
                if finding.slug == each.slug and finding.fix is not None:
                    for edit in finding.fix.edits:
                        edits.setdefault(edit.file, {})[edit] = None
        if not edits:
            return
        for file, changes in edits.items():
            text = file.read_bytes().decode()
            file.write_bytes(applied(list(changes), text).encode())
    pytest.fail(f"the fixes of {each.slug} bring new findings of {each.slug}")


def contents(folder: Path) -> dict[str, str]:
    """Texts by relative path, fresh identifiers made equal."""
    return {
        path.relative_to(folder).as_posix(): UUID.sub("<uuid>", path.read_text("latin-1"))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@by_slug
def test_bad_project_has_exactly_the_expected_findings(each: Rule, workplace: Path) -> None:
    agent = project_copy(FIXTURES / each.slug / "bad", workplace)
    found = described(findings_in(agent, each), workplace)
    golden = FIXTURES / each.slug / "expected.json"
    if UPDATE:
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert found == json.loads(golden.read_text("utf-8"))
    assert each.code in {it["code"] for it in found}


@by_slug
def test_good_project_has_no_findings(each: Rule, workplace: Path) -> None:
    agent = project_copy(FIXTURES / each.slug / "good", workplace)
    assert described(findings_in(agent, each), workplace) == []


@by_slug
def test_fixed_project_has_no_findings(each: Rule, workplace: Path) -> None:
    agent = project_copy(FIXTURES / each.slug / "fixed", workplace)
    assert described(findings_in(agent, each), workplace) == []


FIXED_ELSEWHERE = {"file-outside-project": "an absolute path; see test_entrypoint_files.py"}
FIXABLE = [each for each in RULES if each.fixable and each.slug not in FIXED_ELSEWHERE]


@pytest.mark.parametrize("each", FIXABLE, ids=lambda each: each.slug)
def test_fix_gives_the_fixed_project(each: Rule, workplace: Path) -> None:
    agent = project_copy(FIXTURES / each.slug / "bad", workplace / "bad")
    found = [it for findings in findings_in(agent, each).values() for it in findings]
    fixes = [it.fix for it in found if it.slug == each.slug]
    assert any(fixes), "the rule says that it can be fixed"
    fix_all(agent, each)
    project_copy(FIXTURES / each.slug / "fixed", workplace / "fixed")
    if all(fixes):
        assert contents(workplace / "bad") == contents(workplace / "fixed")


def test_every_rule_has_a_fixture_and_every_fixture_a_rule() -> None:
    slugs = {each.slug for each in all_rules()}
    assert {path.name for path in FIXTURES.iterdir()} == slugs - WITHOUT_FIXTURE.keys()


@pytest.mark.parametrize("each", all_rules(), ids=lambda each: each.slug)
def test_documentation_has_the_fixed_headings(each: Rule) -> None:
    headings = [line for line in each.documentation.splitlines() if line.startswith("## ")]
    assert headings == list(HEADINGS)
    sections = re.split(r"^## .*$", each.documentation, flags=re.MULTILINE)
    assert all(section.strip() for section in sections)
    assert each.title and "\n" not in each.title


def test_documentation_pages_are_those_of_the_rules() -> None:
    folder = ROOT / "docs" / "rules"
    written = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    assert written == pages(), "run: python -m runagent_ls.rules.documentation docs/rules"


def test_codes_and_slugs_are_unique_and_found_by_name() -> None:
    rules = all_rules()
    assert len({each.code for each in rules}) == len({each.slug for each in rules}) == len(rules)
    for each in rules:
        assert rule(each.code.lower()) is each
        assert rule(each.slug) is each
        assert re.fullmatch(r"RA[0-49]\d\d", each.code)
        assert each.check_project is not None or each.check_entrypoint is not None
