"""Texts of others put into source code so that they stay text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Final

from runagent_ls.jsontree.document import JsonValue

WIDTH: Final = 88
"""Values that fit into this many characters stay on one line."""
_WORD: Final = re.compile(r"[A-Za-z]+|[0-9]+")


def clean(text: str) -> str:
    """Without characters that an editor does not show, or shows in another order than they stand
    in; line ends stay, tabs become spaces."""
    lines = text.expandtabs(4).splitlines()
    return "\n".join("".join(filter(str.isprintable, line)).rstrip() for line in lines)


def one_line(text: str) -> str:
    """For a comment of one line."""
    return " ".join(clean(text).split())


def jsdoc(text: str) -> Iterator[str]:
    """The lines of a JSDoc comment that the text cannot end."""
    lines = text.strip().replace("*/", "*\\/").splitlines()
    if len(lines) == 1:
        yield f"/** {lines[0]} */"
    elif lines:
        yield "/**"
        yield from (f" * {line}".rstrip() for line in lines)
        yield " */"


def json_text(value: JsonValue, indent: int | None = None) -> str:
    """JSON whose every character is visible and can be written to a file."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text
    )


def json_lines(value: JsonValue) -> str:
    """JSON on one line when it is short, else indented."""
    short = json_text(value)
    return short if len(short) <= WIDTH else json_text(value, 2)


def is_finite(value: JsonValue) -> bool:
    """Whether JSON has a word for every number in it."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, float) and not math.isfinite(one):
            return False
        if isinstance(one, dict | list):
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return True


def file_stem(tag: str) -> str:
    """A name for a file, of letters and digits."""
    words = _WORD.findall(tag)
    return "_".join(word.lower() for word in words)[:60].strip("_") or "call_agent"


def free(name: str, taken: Iterable[str]) -> str:
    """The name, with underscores until nothing else has it."""
    others = set(taken)
    while name in others:
        name += "_"
    return name
