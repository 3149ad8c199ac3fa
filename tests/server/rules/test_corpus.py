"""Real configurations: exactly the findings that they deserve.

The Python beside them is made from `facts.json`: functions with the parameters, decorators and
kinds that the real ones have. `expected.json` lists code, file and the text under the finding.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check
from runagent_ls.text.lines import LineIndex

CORPUS = Path(__file__).parents[2] / "corpus"
PROJECTS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
TYPING = "Any, AsyncGenerator, Dict, Iterator, Optional"
STARS = {"var_positional": "*", "var_keyword": "**"}


def parameter(facts: dict[str, Any]) -> str:
    text = f"{STARS.get(facts['kind'], '')}{facts['name']}"
    if facts["annotation"]:
        text += f": {facts['annotation']}"
    return text + (f" = {facts['default']}" if facts["default"] is not None else "")


def source_of(facts: dict[str, Any]) -> str:
    """Python that has the shape of a callable, and says nothing that the facts do not."""
    if facts["kind"] == "assign":
        return f"from framework import {facts['callee']}\n\n{facts['name']} = {facts['callee']}()\n"
    keyword = "async def" if facts["async"] else "def"
    returns = f" -> {facts['returns']}" if facts["returns"] else ""
    parameters = ", ".join(parameter(it) for it in facts["params"])
    body = "yield compute()" if facts["generator"] else "return compute()"
    lines = [*(f"@{it}" for it in facts["decorators"])]
    lines += [f"{keyword} {facts['name']}({parameters}){returns}:", f"    {body}"]
    return "\n".join(lines) + "\n"


def module_text(callables: Iterable[dict[str, Any]]) -> str:
    parts = dict.fromkeys(source_of(facts) for facts in callables)
    head = f"from typing import {TYPING}\n\nfrom framework import compute\n"
    return "\n\n".join([head, *parts])


def build(project: str, folder: Path) -> Path:
    config = folder / "runagent.config.json"
    shutil.copyfile(CORPUS / project / config.name, config)
    by_file: dict[str, list[dict[str, Any]]] = {}
    facts = json.loads((CORPUS / project / "facts.json").read_text("utf-8"))
    for entrypoint in facts["entrypoints"]:
        if "callable" in entrypoint:
            by_file.setdefault(entrypoint["file"], []).append(entrypoint["callable"])
    for file, callables in by_file.items():
        (folder / file).write_text(module_text(callables), "utf-8")
    return config


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
