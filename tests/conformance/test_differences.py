"""The table of differences is that of the documentation, and each is used by a test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from conformance.differences import DIFFERENCES

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "serve.md"
HEADING = "## Differences from `runagent serve`"


def test_the_documentation_has_exactly_these() -> None:
    part = PAGE.read_text(encoding="utf-8").partition(f"{HEADING}\n")[2].partition("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    assert rows[0] == "| `runagent serve` | `runagent-ls serve` | why |"
    assert rows[2:] == [difference.row for difference in DIFFERENCES.values()]


@pytest.mark.parametrize("name", DIFFERENCES)
def test_each_is_shown_by_a_test(name: str) -> None:
    """A test that names a difference fails when there is none: see `comparing.check`."""
    texts = {
        node.value
        for path in HERE.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    assert name in texts


@pytest.mark.parametrize("name", DIFFERENCES)
def test_each_has_a_reason(name: str) -> None:
    difference = DIFFERENCES[name]
    assert re.search(r"\w+\.$", difference.why)
    assert "|" not in difference.theirs + difference.ours + difference.why
