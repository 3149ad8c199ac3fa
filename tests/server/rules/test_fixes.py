"""Each fix alone, in every layout: its finding is gone, no other comes, the layout stays."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check
from runagent_ls.rules.finding import Finding, Fix
from runagent_ls.rules.registry import all_rules
from runagent_ls.text.lines import LineIndex

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
FIXABLE = [it.slug for it in all_rules() if it.fixable and not it.needs_observation]

FIXED_ELSEWHERE = {"file-outside-project"}
"""An absolute path, which no fixture can hold; see test_entrypoint_files.py."""


def as_it_is(text: str, _path: Path) -> str:
    return text


def with_crlf(text: str, _path: Path) -> str:
    return text.replace("\n", "\r\n")


def with_tabs(text: str, path: Path) -> str:
    if path.suffix == ".json":
        return re.sub(r"^(?:  )+", lambda it: "\t" * (len(it.group()) // 2), text, flags=re.M)
    return re.sub(r"^(?: {4})+", lambda it: "\t" * (len(it.group()) // 4), text, flags=re.M)


def on_one_line(text: str, path: Path) -> str:
    if path.suffix != ".json" or "//" in text.replace("://", ""):
        return text
    return " ".join(line.strip() for line in text.splitlines())


LAYOUTS: list[Callable[[str, Path], str]] = [as_it_is, with_crlf, with_tabs, on_one_line]


def copied(slug: str, target: Path, layout: Callable[[str, Path], str]) -> Path:
    """The bad project of a rule in this layout; the folder of its agent."""
    source = FIXTURES / slug / "bad"
    for path in sorted(source.rglob("*")):
        parts = [re.sub(r"^dot-", ".", part) for part in path.relative_to(source).parts]
        if path.is_file():
            copy = target.joinpath(*parts)
            copy.parent.mkdir(parents=True, exist_ok=True)
            try:
                text = path.read_bytes().decode()
            except UnicodeDecodeError:
                shutil.copyfile(path, copy)
                continue
            copy.write_bytes(layout(text, path).encode())
    return target / "agent" if (target / "agent").is_dir() else target


def findings(agent: Path) -> list[Finding]:
    config = next((agent / it for it in CONFIG_NAMES if (agent / it).exists()), None)
    found = check(load_project(config or agent / CONFIG_NAMES[0], DiskFiles()))
    return [it for each in found.values() for it in each]


def apply(fix: Fix) -> dict[Path, str]:
    """Make the edits on the disk; the texts as they were."""
    before: dict[Path, str] = {}
    for path in {it.file for it in fix.edits}:
        text = before[path] = path.read_bytes().decode()
        lines = LineIndex(text)
        spots = sorted(
            (lines.offset(it.range.start), lines.offset(it.range.end), it.new_text)
            for it in fix.edits
            if it.file == path
        )
        for start, end, new_text in reversed(spots):
            text = text[:start] + new_text + text[end:]
        path.write_bytes(text.encode())
    return before


def said(found: list[Finding]) -> Counter[tuple[str, str]]:
    return Counter((it.code, it.message) for it in found)


def cases() -> Iterator[tuple[str, Callable[[str, Path], str]]]:
    for slug in FIXABLE:
        for layout in LAYOUTS:
            yield slug, layout


@pytest.mark.parametrize(
    ("slug", "layout"), tuple(cases()), ids=lambda it: getattr(it, "__name__", it)
)
def test_a_fix_removes_its_finding_and_brings_no_other(
    slug: str, layout: Callable[[str, Path], str], workplace: Path
) -> None:
    agent = copied(slug, workplace, layout)
    before = findings(agent)
    fixable = [it for it in before if it.slug == slug and it.fix is not None]
    assert fixable or slug in FIXED_ELSEWHERE
    for finding in fixable:
        if finding.fix is None:
            continue
        texts = apply(finding.fix)
        after = findings(agent)
        key = (finding.code, finding.message)
        assert said(after)[key] < said(before)[key]
        new = said(after) - said(before)
        assert not new, new
        for path, text in texts.items():
            fixed = path.read_bytes().decode()
            check_layout(text, fixed)
            path.write_bytes(text.encode())


def check_layout(before: str, after: str) -> None:
    if "\r\n" in before:
        assert not re.search(r"(?<!\r)\n", after), "all line ends are of one kind"
    if "\n\t" in before:
        assert not re.search(r"^ ", after, re.MULTILINE), "indented by tabs"
    if "\n" not in before:
        assert "\n" not in after, "one line stays one line"
    assert not re.search(r"[ \t]$", after, re.MULTILINE) or re.search(
        r"[ \t]$", before, re.MULTILINE
    ), "no blanks at ends of lines"


@pytest.mark.parametrize("name", ["runagent.config.json", "runagent.config.yaml"])
def test_proving_fixes_of_a_long_list_has_a_limit(name: str, workplace: Path) -> None:
    """In YAML each removal is proved by reading the text: the first ones get their fix."""
    head = {
        "agent_name": "demo",
        "description": "d",
        "framework": "n8n",
        "template": "",
        "version": "1.0.0",
        "created_at": "2025-06-25T13:42:03",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_id": "11111111-2222-4333-8444-555555555555",
    }
    hooks = [
        {"webhook_url": "http://a/b", "method": "post", "tag": f"t{at}", "timeout": 9}
        for at in range(400)
    ]
    text = json.dumps({**head, "agent_architecture": {"entrypoints": hooks}}, indent=1)
    (workplace / name).write_text(text, "utf-8")
    fixes = [it.fix for it in findings(workplace) if it.slug == "webhook-timeout"]
    assert len(fixes) == 400
    proved = [it for it in fixes if it is not None]
    assert proved == fixes[: len(proved)]
    assert len(proved) == 400 if name.endswith("json") else 1 <= len(proved) < 10


def test_a_generator_is_not_given_a_tag_that_another_entrypoint_has(workplace: Path) -> None:
    agent = copied("generator-without-stream", workplace, as_it_is)
    config = agent / CONFIG_NAMES[0]
    value = json.loads(config.read_text("utf-8"))
    (first,) = value["agent_architecture"]["entrypoints"]
    value["agent_architecture"]["entrypoints"].append({**first, "tag": f"{first['tag']}_stream"})
    config.write_text(json.dumps(value), "utf-8")
    (fix,) = [it.fix for it in findings(agent) if it.slug == "generator-without-stream"][:1]
    assert fix is None
