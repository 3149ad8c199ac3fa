"""Names of YAML anchors change together; nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_workspace import JSON, YAML, MarkedWorkspace, config, entry
from runagent_ls.features.linked_editing import linked_places


@pytest.mark.parametrize(
    "text",
    [
        "x: &⟦ba‸se⟧ {file: a.py}\ny: {<<: *⟦base⟧}\nz: *⟦base⟧ # *base\n",
        "x: &a 1\ny: *a\nz: &⟦a⟧ 2\r\nv: '*a'\r\nw: *⟦a‸⟧",
        "'ü😀': &⟦a-1⟧ &\nb: *⟦‸a-1⟧\n".replace(" &\n", " 1\n"),
        "x: &⟦a⟧ 1\ny: [*⟦a‸⟧, *⟦a⟧]\n}broken: *a\n",
    ],
)
def test_an_anchor_and_its_aliases(tmp_path: Path, text: str) -> None:
    workspace = MarkedWorkspace(tmp_path, {YAML: text})
    path, offset = workspace.cursor
    spans = linked_places(workspace.snapshot, path, offset)
    assert workspace.shown((path, it) for it in spans) == {YAML: text.replace("‸", "")}


@pytest.mark.parametrize(
    "text",
    ["x: &a‸ 1\n", "x: &a 1\ny: *a\nz: ‸a\n", "x: '&a *a‸'\ny: &a 1\n", "‸", "x: [&a‸ 1, *b"],
)
def test_what_stands_alone_is_not_linked(tmp_path: Path, text: str) -> None:
    workspace = MarkedWorkspace(tmp_path, {YAML: text})
    assert linked_places(workspace.snapshot, *workspace.cursor) == ()


def test_equal_values_are_not_linked(tmp_path: Path) -> None:
    text = config(entry("greet", "a", "ma‸in.py"), entry("greet", "b", "main.py"))
    workspace = MarkedWorkspace(tmp_path, {JSON: text})
    assert linked_places(workspace.snapshot, *workspace.cursor) == ()
