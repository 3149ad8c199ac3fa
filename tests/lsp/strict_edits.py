"""What editors do with edits and snippets, refusing all that the protocol does not allow."""

from __future__ import annotations

import ast
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from runagent_ls.lsp.uris import to_path

Json = dict[str, Any]

ENDS: Final = re.compile("\r\n|\n|\r")
_HOLE: Final = re.compile(
    r"\\(.)|\$\{\d+\|((?:\\.|[^\\,|])*)(?:\\.|[^\\|])*\|\}|\$\{\d+:|\$\d+|(\})"
)


def plain(snippet: str) -> str:
    """A snippet's text when the user fills nothing in."""

    def filled(hole: re.Match[str]) -> str:
        return hole[1] or (re.sub(r"\\(.)", r"\1", hole[2]) if hole[2] is not None else "")

    return _HOLE.sub(filled, snippet)


def applied(text: str, edits: list[Json]) -> str:
    """The text after edits of places that must be there, and apart from each other."""
    spans = sorted(
        (*(offset_of(text, it["range"][side]) for side in ("start", "end")), it["newText"])
        for it in edits
    )
    for (start, end, _), (behind, _, _) in pairwise([*spans, (len(text), len(text), "")]):
        assert start <= end <= behind, f"edits overlap: {edits}"
    for start, end, new in reversed(spans):
        text = text[:start] + new + text[end:]
    return text


def offset_of(text: str, position: Json) -> int:
    """The code point at a position that must be there, and not between halves of a character."""
    ends = [it.end() for it in ENDS.finditer(text)]
    starts = [0, *ends]
    assert position["line"] < len(starts), f"no such line: {position}"
    start = starts[position["line"]]
    line = ENDS.split(text[start:], maxsplit=1)[0]
    wanted, count = position["character"], 0
    for at, character in enumerate([*line, ""]):
        if count == wanted:
            return start + at
        count += units(character)
    raise AssertionError(f"no such place: {position} in {line!r}")


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_whole(path: Path, text: str) -> bool:
    """Whether JSON or Python can be read; False for other files."""
    try:
        if path.suffix == ".json":
            json.loads(text)
        elif path.suffix == ".py":
            ast.parse(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return path.suffix in (".json", ".py")


def path_of(uri: str) -> Path:
    path = to_path(uri)
    assert path is not None, uri
    return path
