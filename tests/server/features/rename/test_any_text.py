"""Renaming at any cursor of any text, also of one that ends in the middle, answers or refuses."""

from __future__ import annotations

import contextlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from marked_workspace import config, entry
from runagent_ls.features.changes import RefusedError
from runagent_ls.features.linked_editing import linked_places
from runagent_ls.features.rename.renaming import prepare, rename
from runagent_ls.jsontree import parse
from runagent_ls.lsp.workspace import AgentWorkspace
from runagent_ls.rules.selection import Selection
from runagent_ls.text.lines import LineIndex

FOLDER = Path("/no-such-folder/agent")
JSON_TEXT = config(entry("greet"), entry("agent.run", "b"), more=', "x": [1, "é"]')
YAML_TEXT = (
    "agent_id: a1\nagent_architecture:\n  entrypoints:\n"
    "  - &e {file: main.py, module: greet, tag: t}\n"
    "  - {<<: *e, module: 'agent.run', tag: >-\n      b}\n"
)
MAIN_TEXT = (
    "from runagent import RunAgentClient\nimport helpers as h\nclass Agent:\n    def run(self):\n"
    "        return f'{greet(self.run)}'\nagent = Agent()\ndef greet(): return h.greet\n"
    "RunAgentClient(agent_id='a1', entrypoint_tag='t')\n"
)


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """The text as it is, cut off, or with something else in its middle."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 12)))
    middle = draw(
        st.sampled_from(["", "", '"', "'", "\\", "\r\n", "\ud800", "😀", "*", "&a ", "\t"])
    )
    if draw(st.booleans()):
        return text[:start] + middle
    return text[:start] + middle + text[end:]


@given(
    name=st.sampled_from(["runagent.config.json", "runagent.config.yaml", "main.py"]),
    data=st.data(),
    new=st.sampled_from(["hello", "", "a b", "é", "class", "\ud800", 'x"y', "b", "run"]),
)
def test_any_cursor_in_any_text(name: str, data: st.DataObject, new: str) -> None:
    configs = {"runagent.config.json": JSON_TEXT, "runagent.config.yaml": YAML_TEXT}
    text = data.draw(damaged(configs.get(name, MAIN_TEXT)))
    offset = data.draw(st.integers(0, len(text)))
    workspace = AgentWorkspace(lambda _config: Selection())
    workspace.open(FOLDER / "main.py", MAIN_TEXT)
    if name == "main.py":
        workspace.open(FOLDER / "runagent.config.json", JSON_TEXT)
    workspace.open(FOLDER / name, text)
    with contextlib.suppress(RefusedError):
        offered = prepare(workspace, FOLDER / name, offset)
        # On a quote, the name is what stands behind or before it.
        assert offered is None or offered.span.start - 1 <= offset <= offered.span.end + 1
    with contextlib.suppress(RefusedError):
        change = rename(workspace, FOLDER / name, offset, new)
        assert change is None or not change.creates
    assert all(0 <= it.start <= it.end for it in linked_places(workspace, FOLDER / name, offset))


@given(data=st.data(), new=st.sampled_from(["hello", "it's", "é"]))
def test_a_change_of_a_configuration_changes_one_value(data: st.DataObject, new: str) -> None:
    text = data.draw(damaged(JSON_TEXT))
    offset = data.draw(st.integers(0, len(text)))
    workspace = AgentWorkspace(lambda _config: Selection())
    path = FOLDER / "runagent.config.json"
    workspace.open(path, text)
    change = None
    with contextlib.suppress(RefusedError):
        change = rename(workspace, path, offset, new)
    if change is None or not change.edits:
        return
    (edit,) = change.edits
    project = workspace.project(path)
    tags = [it.tag for it in project.entrypoints]
    start, end = (LineIndex(text).offset(it) for it in edit.range)
    after = text[:start] + edit.new_text + text[end:]
    workspace.change(path, after)
    now = [it.tag for it in workspace.project(path).entrypoints]
    assert sum(a != b for a, b in zip(tags, now, strict=True)) == 1
    assert new in now
    assert parse(after, "json").value is not None
