"""One part that fails or is slow does not take the others along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lsp.conftest import write_project
from lsp.editor import PUSH, Editor, RefusedError
from lsp.patched import command


@contextmanager
def patched(folder: Path, patch: str, capabilities: object = None) -> Iterator[Editor]:
    """An editor whose server runs `patch` first."""
    editor = Editor(
        [folder],
        capabilities if isinstance(capabilities, dict) else None,
        command=command(patch),
    )
    try:
        editor.start()
        yield editor
        assert editor.stop() == 0
    finally:
        editor.kill()


FAILING_LENSES = """
    def fail(*_):
        raise RuntimeError("lens trouble")
    runagent_ls.lsp.features.lenses.config_lenses = fail
"""


def test_a_failing_feature_is_named_and_answers_empty(tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", framework="langhcain")
    with patched(tmp_path, FAILING_LENSES) as editor:
        uri = editor.open(config)
        assert editor.request("textDocument/codeLens", {"textDocument": {"uri": uri}}) == []
        logged = editor.wait_for("window/logMessage", lambda it: "lens trouble" in it["message"])
        assert logged["type"] == 1 and "textDocument/codeLens" in logged["message"]
        assert editor.pull(uri)["items"]


FAILING_CHECK = """
    check = runagent_ls.lsp.workspace.check
    def fail(project, *rest):
        if project.root.name == "broken":
            raise RuntimeError("rule trouble")
        return check(project, *rest)
    runagent_ls.lsp.workspace.check = fail
"""


def test_a_project_that_cannot_be_checked_leaves_the_others(tmp_path: Path) -> None:
    good = write_project(tmp_path / "good", framework="langhcain")
    broken = write_project(tmp_path / "broken", framework="langhcain")
    with patched(tmp_path, FAILING_CHECK) as editor:
        assert editor.pull(editor.open(broken))["items"] == []
        assert editor.pull(editor.open(good))["items"]
    with patched(tmp_path, FAILING_CHECK, PUSH) as editor:
        editor.published(good.as_uri(), bool)


SLOW_SEARCH = """
    import threading, pathlib
    find = runagent_ls.lsp.folders.find_configs
    def slow(folder, files):
        gate = folder / "go"
        while not gate.exists():
            threading.Event().wait(0.01)
        return find(folder, files)
    runagent_ls.lsp.folders.find_configs = slow
"""


def test_a_slow_search_shows_progress_and_blocks_nothing(tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", framework="langhcain")
    unopened = write_project(tmp_path / "other", framework="langhcain")
    with patched(tmp_path, SLOW_SEARCH) as editor:
        begun = editor.wait_for("$/progress", lambda it: it["value"]["kind"] == "begin")
        assert tmp_path.name in begun["value"]["title"]
        assert editor.pull(editor.open(config))["items"]
        report = editor.begin("workspace/diagnostic", {"previousResultIds": []})
        given_up = editor.begin("workspace/diagnostic", {"previousResultIds": []})
        editor.notify("$/cancelRequest", {"id": given_up})
        with pytest.raises(RefusedError, match="-32800"):
            editor.answer(given_up)
        (tmp_path / "go").write_text("")
        found = {item["uri"] for item in editor.answer(report)["items"]}
        assert {config.as_uri(), unopened.as_uri()} <= found
        editor.wait_for("$/progress", lambda it: it["value"]["kind"] == "end")


def test_shutting_down_does_not_wait_for_a_slow_search(tmp_path: Path) -> None:
    with patched(tmp_path, SLOW_SEARCH) as editor:
        editor.wait_for("$/progress", lambda it: it["value"]["kind"] == "begin")
