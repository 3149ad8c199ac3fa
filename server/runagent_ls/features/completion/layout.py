"""How a configuration is laid out: indentation, line ends, long or short form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from runagent_ls.jsontree.completion_place.json_tokens import line_start
from runagent_ls.text.lines import newline_of
from runagent_ls.text.position import Span

_INDENT: Final = re.compile(r"(?:^|[\r\n])([ \t]+)(?=[^\s])")
_INDENTED: Final = re.compile(r"[ \t]*")
_DEFAULT_UNIT: Final = "  "


@dataclass(frozen=True, slots=True)
class Layout:
    """`unit` indents one level, `margin` is how far the line of the place is indented."""

    unit: str
    newline: str
    margin: str
    one_line: bool
    """The document breaks no lines, so that nothing new does either."""
    spaced: bool
    """A blank stands behind colons and commas."""

    def deeper(self) -> Layout:
        """One level further in."""
        margin = self.margin + self.unit
        return Layout(self.unit, self.newline, margin, self.one_line, self.spaced)


def layout_of(text: str, place: Span) -> Layout:
    """The layout around a place. Looks only as far as it needs to."""
    found = _INDENT.search(text)
    start = line_start(text, place.start)
    indented = _INDENTED.match(text, start, place.start)
    margin = indented.group() if indented else ""
    stripped = text.strip()
    return Layout(
        unit=_unit(found.group(1) if found else margin or _DEFAULT_UNIT),
        newline=newline_of(text),
        margin=margin,
        one_line=len(stripped) > 2 and "\n" not in stripped and "\r" not in stripped,
        spaced='":' not in text or '": ' in text,
    )


def _unit(indent: str) -> str:
    """The first indented line is one level deep, whatever stands there."""
    return "\t" if indent.startswith("\t") else indent[:8]
