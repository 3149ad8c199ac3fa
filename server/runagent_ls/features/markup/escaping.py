"""Text of anybody's made safe inside Markdown, changed as little as that allows.

Editors whose popups show Markdown unrendered show the escapes too, so only what would mean
something is escaped. A bare address stays one: it leads where it says.
"""

from __future__ import annotations

import re
from typing import Final

_INLINE: Final = re.compile(
    r"""
    [\\`*\[\]<>|]                       # code, emphasis, links, tags, tables
    | ~~? | \$\$?                       # struck out, formulas
    | (?<![^\W_])_+ | _+(?![^\W_])      # emphasis, but not inside of a_name
    | &(?=\#?\w+;)                      # &amp;
    """,
    re.VERBOSE,
)
_LINE_START: Final = re.compile(r"([-+=#])|(\d{1,9})(?=[.)](?:\s|$))")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of the text around them."""
_NBSP: Final = "\u00a0"


def plain(text: str) -> str:
    """Without characters that move or hide text; line ends as `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "replace").decode() if not text.isascii() else text
    return _CONTROL.sub("\ufffd", text.replace("\t", "    "))


def inline(text: str) -> str:
    """Text within a line."""
    text = " ".join(plain(text).split("\n"))
    return _INLINE.sub(lambda found: "".join(f"\\{it}" for it in found.group()), text)


def link_text(text: str) -> str:
    """Text within the brackets of a link; escaped parentheses, since `[a](b)` would be a link."""
    return inline(text).replace("(", "\\(").replace(")", "\\)")


def paragraph_line(text: str) -> str:
    """A whole line, which may begin like a list, a heading or indented code."""
    text = " ".join(plain(text).split("\n"))
    words = text.lstrip(" ")
    indent = _NBSP * (len(text) - len(words))
    escaped = inline(words)
    begin = _LINE_START.match(escaped)
    if begin is not None and not indent:
        at = begin.end()
        escaped = f"\\{escaped}" if begin[1] else f"{escaped[:at]}\\{escaped[at:]}"
    return indent + escaped


def code(text: str) -> str:
    """A code span that ends where it should, also around backticks."""
    text = " ".join(plain(text).split())
    if not text:
        return "` `"
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def cell(text: str) -> str:
    """A code span in a table, where a bar would end the cell."""
    return code(text).replace("|", "\\|")


def fenced(text: str, language: str) -> str:
    """A block of code that ends where it should."""
    text = plain(text)
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
