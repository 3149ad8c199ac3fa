"""Rules on a configuration in YAML say what they say on the same one in JSON."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check
from runagent_ls.rules.finding import Finding
from runagent_ls.text.lines import LineIndex

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
ABOUT_JSON = {"ignored-config", "unreadable-config", "missing-config"}


def is_json(slug: str) -> bool:
    config = FIXTURES / slug / "bad" / "runagent.config.json"
    if not config.is_file() or slug in ABOUT_JSON:
        return False
    try:
        json.loads(config.read_text("utf-8"))
    except ValueError:
        return False
    return "NaN" not in config.read_text("utf-8") and slug != "duplicate-key"


SLUGS = sorted(path.name for path in FIXTURES.iterdir() if is_json(path.name))


def findings(config: Path) -> list[Finding]:
    found = check(load_project(config, DiskFiles()))
    return [it for each in found.values() for it in each]


def essence(config: Path) -> list[tuple[str, str, str]]:
    """Code, severity and message of each finding, names of the configuration made equal."""
    return sorted(
        (it.code, it.severity, it.message.replace(".yaml", ".json")) for it in findings(config)
    )


def copy_project(slug: str, folder: Path) -> tuple[Path, Path]:
    """The project with its configuration in JSON; its path, and where the YAML one belongs."""
    source = FIXTURES / slug / "bad"
    for path in source.rglob("*"):
        if path.is_file():
            parts = [re.sub(r"^dot-", ".", part) for part in path.relative_to(source).parts]
            folder.joinpath(*parts).parent.mkdir(parents=True, exist_ok=True)
            folder.joinpath(*parts).write_bytes(path.read_bytes())
    return folder / "runagent.config.json", folder / "runagent.config.yaml"


def as_yaml(value: object) -> str:
    out = StringIO()
    yaml = YAML()
    yaml.width = 10_000
    yaml.dump(value, out)
    return out.getvalue()


@pytest.mark.parametrize("slug", SLUGS)
def test_the_same_findings_in_yaml(slug: str, workplace: Path) -> None:
    json_config, yaml_config = copy_project(slug, workplace)
    in_json = essence(json_config)
    value = json.loads(json_config.read_text("utf-8"))
    json_config.unlink()
    yaml_config.write_text(as_yaml(value), "utf-8")
    assert essence(yaml_config) == in_json


@pytest.mark.parametrize("slug", SLUGS)
def test_each_fix_in_yaml_removes_its_finding(slug: str, workplace: Path) -> None:
    json_config, yaml_config = copy_project(slug, workplace)
    text = as_yaml(json.loads(json_config.read_text("utf-8")))
    json_config.unlink()
    yaml_config.write_text(text, "utf-8")
    before = findings(yaml_config)
    for finding in before:
        if finding.fix is None or {it.file for it in finding.fix.edits} != {yaml_config}:
            continue
        lines, fixed = LineIndex(text), text
        for edit in sorted(finding.fix.edits, key=lambda it: it.range, reverse=True):
            start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
            fixed = fixed[:start] + edit.new_text + fixed[end:]
        yaml_config.write_text(fixed, "utf-8")
        after = findings(yaml_config)
        same = [it for it in after if (it.code, it.message) == (finding.code, finding.message)]
        assert len(same) < len(
            [it for it in before if (it.code, it.message) == (finding.code, finding.message)]
        )
        assert not [it for it in after if it.code.startswith("RA0")], "the text stays valid"


YAML_TEXT = """\
# an agent
agent_name: demo
description: 'Greets people'
framework: Default   # by name
template: ""
version: 1.0
created_at: "25/06/2025"
template_source: {repo_url: "", author: "", path: ""}
env_vars:
agent_architecture:
    entrypoints:
    -   file: ./main.py
        module: 'greet()'
        tag: greet
        extra: 1
    -   {file: main.py, module: greet, tag: greet}
agent_id: 11111111-2222-4333-8444-555555555555
"""


def test_fixes_in_yaml_write_as_the_author_does(workplace: Path) -> None:
    (workplace / "main.py").write_text("def greet(name):\n    return name\n")
    config = workplace / "runagent.config.yaml"
    config.write_text(YAML_TEXT, "utf-8")
    lines, fixed = LineIndex(YAML_TEXT), YAML_TEXT
    edits = {edit for it in findings(config) if it.fix is not None for edit in it.fix.edits}
    for edit in sorted(edits, key=lambda it: it.range, reverse=True):
        start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
        fixed = fixed[:start] + edit.new_text + fixed[end:]
    wanted = YAML_TEXT
    for old, new in (
        ("Default ", "default "),
        ("version: 1.0", 'version: "1.0"'),
        ('"25/06/2025"', '"2025-06-25T00:00:00"'),
        ("env_vars:\n", "env_vars: {}\n"),
        ("./main.py", "main.py"),
        ("'greet()'", "'greet'"),
        ("        extra: 1\n", ""),
        ("tag: greet}", "tag: greet_2}"),
    ):
        wanted = wanted.replace(old, new, 1)
    assert fixed == wanted
