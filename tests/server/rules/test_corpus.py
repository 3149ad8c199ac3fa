"""Real configurations: exactly the findings that they deserve.

`expected.json` lists code, file and the text under the finding.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from corpus_agents import CORPUS, PROJECTS, build
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check
from runagent_ls.text.lines import LineIndex


@pytest.mark.parametrize("project", PROJECTS)
def test_findings_are_the_deserved_ones(project: str, workplace: Path) -> None:
    loaded = load_project(build(project, workplace), DiskFiles())
    found = []
    for path, findings in check(loaded).items():
        text = path.read_text("utf-8")
        lines = LineIndex(text)
        for it in findings:
            under = text[lines.offset(it.range.start) : lines.offset(it.range.end)]
            found.append([it.code, it.slug, it.severity, path.name, under])
    golden = CORPUS / project / "expected.json"
    if os.environ.get("UPDATE_EXPECTED") == "1":
        rows = ",\n".join(" " + json.dumps(row, ensure_ascii=False) for row in found)
        golden.write_text(f"[\n{rows}\n]\n" if found else "[]\n", "utf-8")
    assert found == json.loads(golden.read_text("utf-8"))
