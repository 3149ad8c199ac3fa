"""The rows that are shown for an entrypoint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.features.entrypoints import describe
from runagent_ls.features.types import table
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project

SOURCE = """
from collections.abc import Iterator
from typing import Any, Optional, TypedDict

class Item(TypedDict):
    name: str

def f(items: list[Item], mode: Optional[str] = None, *rest: int) -> RESULT:
    yield from items
"""


def _rows(folder: Path, returns: str, **entrypoint: Any) -> dict[str, tuple[str | None, list[str]]]:
    (folder / "main.py").write_text(SOURCE.replace("RESULT", returns))
    item = {"file": "main.py", "module": "f", "tag": "f_stream", **entrypoint}
    config = folder / "runagent.config.json"
    config.write_text(json.dumps({"agent_architecture": {"entrypoints": [item]}}))
    project = load_project(config, DiskFiles())
    rows = table(describe(project.entrypoints[0], project))
    return {row.name: (row.python, list(row.types.values())) for row in rows}


def test_each_parameter_and_each_chunk_has_a_row(tmp_path: Path) -> None:
    assert _rows(tmp_path, "Iterator[Item]") == {
        "items": ("list[Item]", ["Item[]", "Item[]", "[]Item", "Vec<Item>"]),
        "mode": ("Optional[str]", ["string | null", "string | null", "*string", "Option<String>"]),
        "rest": ("int", ["number[]", "number[]", "[]int", "Vec<i64>"]),
        "return": ("Iterator[Item]", ["Item", "Item", "Item", "Item"]),
    }


@pytest.mark.parametrize(
    ("returns", "entrypoint", "expected"),
    [
        ("dict[str, Any]", {"tag": "f"}, "HashMap<String, Value>"),
        ("dict[str, Any]", {"tag": "f_stream"}, "Value"),
        ("Iterator[int]", {"tag": "f"}, "Value"),
        ("Iterator[int]", {"tag": "f_stream"}, "i64"),
        ("Iterator[int]", {"tag": "f_stream", "extractor": {"a": "$.a"}}, "Value"),
    ],
)
def test_the_result_is_what_comes_over_the_wire(
    tmp_path: Path, returns: str, entrypoint: dict[str, Any], expected: str
) -> None:
    assert _rows(tmp_path, returns, **entrypoint)["return"][1][3] == expected
