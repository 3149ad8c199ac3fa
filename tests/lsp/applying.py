"""Doing to files what a `WorkspaceEdit` says, as an editor does."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from runagent_ls.lsp.uris import to_path
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position, Span

Json = dict[str, Any]


def apply_edit(edit: Json, *, confirm: bool = False) -> None:
    """Make all edits of texts on the disk; those that need to be confirmed only if `confirm`."""
    for uri, edits in text_edits(edit, confirm=confirm).items():
        path = to_path(uri)
        assert path is not None
        path.write_bytes(edited(path.read_bytes().decode("utf-8"), edits).encode("utf-8"))


def texts_after(edit: Json, texts: dict[str, str]) -> dict[str, str]:
    """The texts by URI after an edit that may create files, as an editor would have them."""
    texts = dict(texts)
    for operation in edit["documentChanges"]:
        if operation.get("kind") == "create":
            assert operation["uri"] not in texts
            texts[operation["uri"]] = ""
        else:
            uri = operation["textDocument"]["uri"]
            texts[uri] = edited(texts[uri], operation["edits"])
    return texts


def text_edits(edit: Json, *, confirm: bool = False) -> dict[str, list[Json]]:
    """The edits of texts by URI, in whichever form they were sent."""
    found: dict[str, list[Json]] = dict(edit.get("changes") or {})
    annotations = edit.get("changeAnnotations") or {}
    for operation in edit.get("documentChanges") or ():
        assert "kind" not in operation, f"no edit of a text: {operation}"
        for it in operation["edits"]:
            if confirm or not annotations.get(it.get("annotationId"), {}).get("needsConfirmation"):
                found.setdefault(operation["textDocument"]["uri"], []).append(it)
    return found


def edited(text: str, edits: list[Json]) -> str:
    """A text after edits, which must not overlap."""
    lines = LineIndex(text)
    spans = sorted((span_of(lines, it["range"]), it["newText"]) for it in edits)
    for (before, _), (behind, _) in pairwise(spans):
        assert before.end <= behind.start, "edits overlap"
    for span, new in reversed(spans):
        text = text[: span.start] + new + text[span.end :]
    return text


def span_of(lines: LineIndex, place: Json) -> Span:
    start, end = (Position(it["line"], it["character"]) for it in (place["start"], place["end"]))
    return Span(lines.offset(start), lines.offset(end))
