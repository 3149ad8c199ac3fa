"""Requests that the editor gives up while the server answers those before them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lsp.conftest import VALID, write_project
from lsp.editor import Editor, RefusedError
from lsp.patched import command

CANCELLED = -32800


HELD_OUTLINE = """
    import pathlib, time
    from runagent_ls.lsp.features.symbols import Symbols
    outline, asked = Symbols._outline, []
    def held(self, params):
        asked.append(params)
        while len(asked) == 2 and not pathlib.Path(GO).exists():
            time.sleep(0.01)
        return outline(self, params)
    Symbols._outline = held
"""


def test_what_waits_behind_a_long_request_can_be_cancelled(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    go = tmp_path / "go"
    editor = editors([tmp_path], command=command(HELD_OUTLINE.replace("GO", repr(str(go)))))
    editor.start()
    entrypoints = [{"file": "main.py", "module": "greet", "tag": f"tag{it}"} for it in range(1000)]
    config = write_project(
        tmp_path, **{**VALID, "agent_architecture": {"entrypoints": entrypoints}}
    )
    uri = editor.open(config)
    bodies, requests = [], range(1001, 1016)
    for number in requests:
        editor.expect(number, "textDocument/documentSymbol")
        params = {"textDocument": {"uri": uri}}
        request = {"id": number, "method": "textDocument/documentSymbol", "params": params}
        bodies.append(json.dumps({"jsonrpc": "2.0", **request}).encode())
    editor.send_bytes(*bodies)
    assert len(editor.answer(requests[0])) > 1000
    editor.notify("$/cancelRequest", {"id": requests[-1]})
    go.touch()
    with pytest.raises(RefusedError) as refusal:
        editor.answer(requests[-1])
    assert refusal.value.code == CANCELLED
    assert len(editor.answer(requests[-2])) > 1000
