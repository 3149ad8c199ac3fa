"""Broken JSON: what each repair makes of it, and where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runagent_ls.jsontree.json_document import parse_json
from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check
from runagent_ls.rules.finding import Finding, Fix
from runagent_ls.text.lines import LineIndex


def broken(folder: Path, text: str) -> list[Finding]:
    config = folder / "runagent.config.json"
    files = OverlayFiles(DiskFiles())
    files.open(config, text)
    return [it for it in check(load_project(config, files))[config] if it.code == "RA001"]


def applied(text: str, fix: Fix) -> str:
    lines = LineIndex(text)
    for edit in sorted(fix.edits, key=lambda it: it.range, reverse=True):
        start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
        text = text[:start] + edit.new_text + text[end:]
    return text


@pytest.mark.parametrize(
    ("text", "repaired", "safe"),
    [
        ('{"a": 1 "b": 2}', '{"a": 1, "b": 2}', True),
        ('{"a" 1}', '{"a": 1}', True),
        ('{"a" = 1}', '{"a" : 1}', True),
        ('{"a": 1; "b": 2}', '{"a": 1, "b": 2}', True),
        ("{'a': 1}", '{"a": 1}', True),
        ("{“a”: 1}", '{"a": 1}', True),
        ("{a: 1}", '{"a": 1}', True),
        ('{"a": True}', '{"a": true}', True),
        ('{"a": no}', '{"a": false}', True),
        ('{"a": None}', '{"a": null}', True),
        ('{"a": "x\ty"}', '{"a": "x\\ty"}', True),
        ('{"a": 1,, "b": 2}', '{"a": 1, "b": 2}', True),
        ('{"a":\u00a01}', '{"a": 1}', True),
        ('{"a": main.py}', '{"a": "main.py"}', False),
        ('{"a": "main.py}', '{"a": "main.py"}', False),
        ('{\n "a": "main.py,\n "b": 2\n}', '{\n "a": "main.py",\n "b": 2\n}', False),
        ('{"a": "C:\\dir"}', '{"a": "C:\\\\dir"}', False),
        ('{"a": [1, 2}', '{"a": [1, 2]}', False),
        ('{"a": {"b": 1}', '{"a": {"b": 1}}', False),
        ('{"a": 1}}', '{"a": 1}', False),
        ('"a": 1}', '{"a": 1}', False),
    ],
)
def test_one_mistake_has_one_repair(text: str, repaired: str, safe: bool, workplace: Path) -> None:
    (finding,) = broken(workplace, text)
    assert finding.fix is not None
    assert applied(text, finding.fix) == repaired
    assert json.loads(repaired) is not None
    assert finding.fix.safe is safe


@pytest.mark.parametrize("text", ['{"a": }', '{"a": +5}', "{: 1}", '{"a": 1} {"b": 2}', '{"a"}'])
def test_what_is_missing_is_not_made_up(text: str, workplace: Path) -> None:
    assert [it.fix for it in broken(workplace, text)] == [None]


WHOLE = json.dumps({"a": "x", "b": [1, {"c": True}], "d": {"e": None, "f": "g h"}}, indent=1)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_each_repair_leaves_less_to_repair(data: st.DataObject, workplace: Path) -> None:
    text = WHOLE
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        new = data.draw(st.sampled_from(["", "", ",", '"', "'", "{", "]", ";", "\\", "x", "\t"]))
        text = text[:at] + new + text[at + data.draw(st.integers(0, 2)) :]
    before = parse_json(text)
    for finding in broken(workplace, text):
        if finding.fix is not None:
            after = parse_json(applied(text, finding.fix))
            assert len(after.problems) < len(before.problems)
            assert finding.data["kind"] == "invalid-escape" or after.value == before.value
