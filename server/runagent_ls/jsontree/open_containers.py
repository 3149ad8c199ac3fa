"""The objects and arrays that are open while a broken text is read, and how they close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runagent_ls.jsontree.cursor import Cursor
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.jsontree.places import Container
from runagent_ls.jsontree.scanning import skip_space
from runagent_ls.text.position import Span

_OPENER: Final = {"}": "{", "]": "["}
_CLOSER: Final = {True: "}", False: "]"}


@dataclass(slots=True)
class Frame:
    """A container that is being read. `implied` ones have no opening bracket in the text."""

    container: Container
    value: dict[str, JsonValue] | list[JsonValue]
    implied: bool = False
    between: bool = False
    """True behind an item, where a comma or the end must follow."""
    comma: int | None = None
    """Offset of a comma that no item has followed yet."""
    key: tuple[str, Span] | None = None
    """Key of this frame's place in its parent."""


class OpenContainers(Cursor):
    """The stack of open containers, innermost last."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.frames: list[Frame] = []
        self.items = 0
        """Values attached one by one so far."""

    def _attach(
        self,
        frame: Frame,
        key: tuple[str, Span] | None,
        value: JsonValue,
        span: Span,
        inner: Container | None,
    ) -> None:
        """Put a value that was read into its container."""
        self.items += 1
        if isinstance(frame.value, dict):
            if key is None:
                return
            self._check_duplicate(frame.container, key)
            frame.value[key[0]] = value
        else:
            frame.value.append(value)
        frame.container.add(key, span, inner)
        frame.between, frame.comma = True, None

    def _check_duplicate(self, container: Container, key: tuple[str, Span]) -> None:
        first = container.key_span(key[0])
        if first is not None:
            self.faults.add(
                "duplicate-key",
                f'"{key[0]}" stands here twice; the last one wins.',
                key[1],
                first,
                breaks_loader=False,
            )

    def _close(self, char: str) -> None:
        wanted = char == "}"
        level = len(self.frames) - 1
        while level >= 0 and (self.frames[level].container.is_object != wanted):
            level -= 1
        if level < 0:
            self._extra_closer(char)
            return
        above = len(self.frames) - 1 - level
        if above and level == 0 and self._more_follows():
            self._wrong_closer(char)
            return
        if above:
            self._close_unclosed(above)
        self._check_trailing_comma(self.frames[-1])
        self._consume(1)
        self._pop(self.last_end)

    def _more_follows(self) -> bool:
        return skip_space(self.text, self.offset + 1) < len(self.text)

    def _wrong_closer(self, char: str) -> None:
        frame = self.frames[-1]
        opener = frame.container.start
        expected = _CLOSER[frame.container.is_object]
        self.faults.add(
            "wrong-bracket",
            f"This must be {expected}, to close the {self.text[opener]} that was opened last.",
            Span(self.offset, self.offset + 1),
            Span(opener, opener + 1),
        )
        self._consume(1)
        self._pop(self.last_end)

    def _extra_closer(self, char: str) -> None:
        self.faults.add(
            "extra-bracket",
            f"This {char} closes nothing: no {_OPENER[char]} is open.",
            Span(self.offset, self.offset + 1),
        )
        self._consume(1)

    def _close_unclosed(self, count: int, separator: str = "") -> None:
        """Close the innermost frames, whose closing brackets are missing."""
        open_frames = [frame for frame in self.frames[-count:] if not frame.implied]
        end = self.last_end
        if open_frames:
            missing = "".join(_CLOSER[frame.container.is_object] for frame in reversed(open_frames))
            opener = open_frames[-1].container.start
            verb = "is" if len(missing + separator) == 1 else "are"
            self.faults.add(
                "missing-bracket",
                f"{_shortened(missing)}{separator} {verb} missing here.",
                Span(end, end),
                Span(opener, opener + 1),
            )
        for _ in range(count):
            self._check_trailing_comma(self.frames[-1], quiet=True)
            self._pop(end)

    def _next_item_begins(self, frame: Frame) -> None:
        """A `{` where a key should be, in an array's object: that object lacks its brace."""
        comma, behind_comma = frame.comma, self.last_end
        if comma is not None:
            self.last_end = skip_back(self.text, comma)
        self._close_unclosed(1, "" if comma is not None else ",")
        # The comma, missing or not, belongs behind the brace.
        self.last_end = behind_comma
        self.frames[-1].between, self.frames[-1].comma = False, comma

    def _check_trailing_comma(self, frame: Frame, *, quiet: bool = False) -> None:
        if frame.comma is not None and not quiet:
            self.faults.add(
                "trailing-comma",
                "No comma may stand behind the last item.",
                Span(frame.comma, frame.comma + 1),
            )
        frame.comma = None

    def _pop(self, end: int) -> None:
        """End the innermost container and put it into the one around it."""
        frame = self.frames.pop()
        frame.container.close(end)
        if not self.frames:
            return
        span = Span(frame.container.start, end)
        parent = self.frames[-1]
        if parent.container.is_object and frame.key is None:
            parent.between = True
            return
        self._attach(parent, frame.key, frame.value, span, frame.container)

    def _is_item_of_array(self) -> bool:
        return len(self.frames) > 1 and not self.frames[-2].container.is_object

    def _give_up(self) -> None:
        self.faults.add(
            "too-large",
            "Too much of this file is broken to read on.",
            Span(self.offset, self.offset),
        )
        while self.frames:
            self._pop(self.offset)
        self.last_end = self.offset = len(self.text)


def skip_back(text: str, offset: int) -> int:
    """Offset behind the last character in front of `offset` that is no JSON whitespace."""
    while offset and text[offset - 1] in " \t\r\n":
        offset -= 1
    return offset


def _shortened(text: str) -> str:
    return text if len(text) <= 8 else f"{text[:8]}… ({len(text)} closing brackets)"
