"""Asking for code actions as an editor does."""

from __future__ import annotations

from typing import Any

from lsp.editor import Editor
from runagent_ls.text.lines import LineIndex

Json = dict[str, Any]


def actions_at(
    editor: Editor, uri: str, text: str, part: str = "{", only: list[str] | None = None
) -> list[Json]:
    """Code actions where `part` begins in `text`."""
    place = LineIndex(text).position(text.index(part))._asdict()
    context: Json = {"diagnostics": []} | ({"only": only} if only is not None else {})
    asked = {
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": place},
        "context": context,
    }
    found: list[Json] = editor.request("textDocument/codeAction", asked)
    return found


def titled(actions: list[Json], beginning: str) -> Json:
    """The one action whose title begins like this."""
    (found,) = [it for it in actions if it["title"].startswith(beginning)]
    return found
