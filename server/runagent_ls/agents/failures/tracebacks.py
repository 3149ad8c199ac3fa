"""Where in the agent's code a failure came from, read from the text of a Python traceback."""

from __future__ import annotations

import re
from dataclasses import dataclass

LARGEST_TEXT = 1_000_000
"""Code points that are looked at, from the end: the newest part is the one that matters."""

_FRAME = re.compile(
    # groups of exceptions draw a margin before each line
    r'^(?P<margin>[ |+-]*)File "(?P<file>[^"\n]{1,4096})", line (?P<line>\d{1,9})'
    r"(?:, in (?P<function>[^\n]{1,1000}))?$"
)
_MARGIN = re.compile(r"^[ |+-]*")
_MARKS = re.compile(r"^[\s~^|]*$")


@dataclass(frozen=True, slots=True)
class TracebackFrame:
    """One step of a traceback: `line` counts from 1, `file` and `text` as they are printed.

    `function` is None for a syntax error, `text` when the source was not shown.
    """

    file: str
    line: int
    function: str | None
    text: str | None


def frames_of(text: str) -> tuple[TracebackFrame, ...]:
    """All frames of all tracebacks in a text, in their order: the last one is the innermost.

    Takes any text; one without a traceback has no frames.
    """
    lines = text[-LARGEST_TEXT:].replace("\r\n", "\n").split("\n")
    frames: list[TracebackFrame] = []
    for number, line in enumerate(lines):
        found = _FRAME.match(line)
        if found is None:
            continue
        following = lines[number + 1] if number + 1 < len(lines) else ""
        function = found["function"]
        frames.append(
            TracebackFrame(
                found["file"],
                int(found["line"]),
                function.strip() if function is not None else None,
                _source(following, len(found["margin"])),
            )
        )
    return tuple(frames)


def _source(line: str, indent: int) -> str | None:
    """The line of source below a frame, which stands further in than the frame itself."""
    margin = _MARGIN.match(line)
    if margin is None or len(margin[0]) <= indent or _FRAME.match(line) or _MARKS.match(line):
        return None
    return line[len(margin[0]) :].strip() or None
