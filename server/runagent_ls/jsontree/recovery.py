"""Reads JSON that is broken: as much of it as possible, with one problem for each mistake.

Whole subtrees that are valid are left to the C scanner; only containers on the way to a mistake
are walked here, with a stack of our own, so that no nesting is too deep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Final, NamedTuple

from runagent_ls.jsontree.bare import read_bare_key, read_bare_value
from runagent_ls.jsontree.document import MISSING, JsonValue, Missing, SyntaxProblem
from runagent_ls.jsontree.faults import Faults
from runagent_ls.jsontree.places import Container
from runagent_ls.jsontree.quoted import read_other_quotes, read_string
from runagent_ls.jsontree.scanning import WatchfulScanner, skip_space
from runagent_ls.text.position import Span

_COMMENT: Final = re.compile(r"//[^\r\n]*|#[^\r\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_ODD_SPACE: Final = re.compile(
    "[\u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\x0b\x0c\x85\x00]+"
)
_COLON_LIKE: Final = re.compile(r"=>|:=|=")
_OPENER: Final = {"}": "{", "]": "["}
_CLOSER: Final = {True: "}", False: "]"}

MAX_ITEMS: Final = 2_000_000
"""Items walked one by one in Python: about 7 seconds. Valid subtrees do not count."""
MAX_DEPTH: Final = 200
"""Levels of values kept of a text that nests too deep for Python's own JSON reader."""


class Recovered(NamedTuple):
    """What a broken text holds. `root` is None unless the root is an object or array."""

    value: JsonValue | Missing
    problems: tuple[SyntaxProblem, ...]
    root: Container | None
    span: Span


@dataclass(slots=True)
class _Frame:
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


def recover(text: str) -> Recovered:
    """Read a text that `json.loads` refuses or reads in an unexpected way."""
    return _Recovery(text).read()


class _Recovery:
    def __init__(self, text: str) -> None:
        self.text = text
        self.faults = Faults()
        self.scanner = WatchfulScanner()
        self.frames: list[_Frame] = []
        self.offset = 0
        self.last_end = 0
        """Behind the last token that is neither blank nor comment."""
        self.items = 0
        self.scan_budget = 4 * len(text) + 1_000_000
        """Characters that failing scans may still read, so that deep faults stay linear."""
        self.no_scan_above = 0
        """Containers nested less deep than this are known to be too deep for the C scanner."""
        self.too_deep = False

    # --- driving ---

    def read(self) -> Recovered:
        self._skip_blank()
        start = self.offset
        if start == len(self.text):
            self.faults.add(
                "empty-document", "This file is empty: a JSON object is expected.", Span(0, 0)
            )
            return Recovered(MISSING, self.faults.in_order(), None, Span(start, start))
        value, root = self._read_root()
        while self.frames:
            if self.items > MAX_ITEMS:
                self._give_up()
                break
            self._step()
        end = self.last_end
        self._check_rest()
        if self.too_deep:
            _prune(value, MAX_DEPTH)
        if root is not None and root.end < 0:
            root.close(end)
        return Recovered(value, self.faults.in_order(), root, Span(start, end))

    def _read_root(self) -> tuple[JsonValue | Missing, Container | None]:
        start = self.offset
        char = self.text[start]
        if char in "}],:":
            self.last_end = start
            return MISSING, None
        value, inner = self._read_value(None, start)
        if self.frames:
            return value, self.frames[0].container
        if isinstance(value, str) and self._peek_colon():
            frame = self._imply_object(value, Span(start, self.last_end))
            return frame.value, frame.container
        return value, inner

    def _step(self) -> None:
        """Read one item, separator or bracket of the innermost container."""
        self._skip_blank()
        frame = self.frames[-1]
        char = self.text[self.offset : self.offset + 1]
        if not char:
            self._end_of_text()
        elif char in "}]":
            self._close(char)
        elif char in ",;":
            self._separator(frame, char)
        elif frame.between:
            self._missing_comma(frame)
        elif frame.container.is_object:
            self._property(frame)
        else:
            self._element(frame)

    # --- items ---

    def _element(self, frame: _Frame) -> None:
        if self.text[self.offset] == ":":
            self.faults.add(
                "unexpected-colon", "No colon is expected here.", Span(self.offset, self.offset + 1)
            )
            self._consume(1)
            return
        start = self.offset
        value, inner = self._read_value(None, frame.container.start)
        if self.frames[-1] is not frame:
            return
        if isinstance(value, str) and self._peek_colon():
            self._imply_object(value, Span(start, self.last_end))
            return
        self._attach(frame, None, value, Span(start, self.last_end), inner)

    def _property(self, frame: _Frame) -> None:
        start = self.offset
        char = self.text[start]
        if char in "{[":
            if char == "{" and self._is_item_of_array():
                self._next_item_begins(frame)
                return
            self._value_without_key(frame)
            return
        if char == ":":
            self._value_without_key(frame)
            return
        name = self._read_key(frame)
        self._value_of_key(frame, (name, Span(start, self.last_end)))

    def _value_of_key(self, frame: _Frame, key: tuple[str, Span]) -> None:
        """Read `: value` behind a key."""
        while True:
            if not self._colon(key):
                return
            self._skip_blank()
            start = self.offset
            if self.text[start : start + 1] in ("", ",", ";", "}", "]", ":"):
                self._missing_value(frame, key)
                return
            value, inner = self._read_value(key, frame.container.start)
            if self.frames[-1] is not frame:
                return
            span = Span(start, self.last_end)
            if not (isinstance(value, str) and self._peek_colon()):
                self._attach(frame, key, value, span, inner)
                return
            # `"file": "module": "greet"`: the value is missing, and this is the next key.
            self.faults.withdraw("missing-colon")
            self._missing_value(frame, key, before=start)
            key = (value, span)

    def _value_without_key(self, frame: _Frame) -> None:
        start = self.offset
        if self.text[start] == ":":
            self._consume(1)
            self._skip_blank()
        self.faults.add(
            "missing-key", "A key in double quotes is missing here.", Span(start, start + 1)
        )
        if self.text[self.offset : self.offset + 1] in ("", ",", ";", "}", "]", ":"):
            frame.between = True
            return
        # The value is read as the key's that is not there, and kept out of the object.
        self._read_value(("", Span(start, start)), frame.container.start)
        if self.frames[-1] is frame:
            frame.between = True
            frame.comma = None
        else:
            self.frames[-1].key = None

    def _read_value(
        self, key: tuple[str, Span] | None, opener: int
    ) -> tuple[JsonValue, Container | None]:
        """Read a value, or open a frame for a container that holds a mistake."""
        char = self.text[self.offset]
        if char in "{[":
            return self._read_container(key)
        if char == '"':
            quoted = read_string(self.text, self.offset, self.faults, opener)
            self._move(quoted.end)
            return quoted.value, None
        other = read_other_quotes(self.text, self.offset, self.faults)
        if other is not None:
            self._move(other.end)
            return other.value, None
        bare = read_bare_value(self.text, self.offset, self.faults)
        self._move(bare.end)
        return bare.value, None

    def _read_container(self, key: tuple[str, Span] | None) -> tuple[JsonValue, Container | None]:
        start = self.offset
        container = Container(self.text, start, is_object=self.text[start] == "{")
        scanned = self._scan(start)
        if scanned is not None:
            value, end = scanned
            self._move(end)
            return value, None
        opened: dict[str, JsonValue] | list[JsonValue] = {} if container.is_object else []
        self.frames.append(_Frame(container, opened, key=key))
        self._consume(1)
        return opened, container

    def _scan(self, start: int) -> tuple[JsonValue, int] | None:
        """Read a whole subtree at once; None when it holds something to be reported."""
        depth = len(self.frames)
        if self.scan_budget <= 0 or depth < self.no_scan_above:
            return None
        self.scanner.remarkable = False
        try:
            value, end = self.scanner.scan(self.text, start)
        except RecursionError:
            self._too_deep(start)
            self.no_scan_above = depth + 400
            self.scan_budget -= 1000
        except ValueError as error:
            # The integer limit of Python raises a ValueError that knows no place.
            stopped = error.pos if isinstance(error, JSONDecodeError) else len(self.text)
            self.scan_budget -= stopped - start
        else:
            if not self.scanner.remarkable:
                return value, end
            self.scan_budget -= end - start
        return None

    def _too_deep(self, start: int) -> None:
        if not self.too_deep:
            message = "This nests too deep: RunAgent's reader stops at about 990 levels."
            self.faults.add("too-deep", message, Span(start, start + 1))
        self.too_deep = True

    def _read_key(self, frame: _Frame) -> str:
        text, start = self.text, self.offset
        if text[start] == '"':
            quoted = read_string(text, start, self.faults, frame.container.start)
            self._move(quoted.end)
            return quoted.value
        other = read_other_quotes(text, start, self.faults)
        if other is not None:
            self._move(other.end)
            return other.value
        name, end = read_bare_key(text, start, self.faults)
        self._move(end)
        return name

    def _attach(
        self,
        frame: _Frame,
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

    # --- separators ---

    def _separator(self, frame: _Frame, char: str) -> None:
        span = Span(self.offset, self.offset + 1)
        if char == ";":
            self.faults.add("wrong-separator", "Items are separated by a comma.", span)
        if not frame.between:
            self.faults.add("unexpected-comma", "Nothing stands in front of this comma.", span)
        else:
            frame.comma = self.offset
        frame.between = False
        self._consume(1)

    def _missing_comma(self, frame: _Frame) -> None:
        if self.text[self.offset] == ":":
            self.faults.add(
                "unexpected-colon", "No colon is expected here.", Span(self.offset, self.offset + 1)
            )
            self._consume(1)
            return
        if frame.container.is_object and self.text[self.offset] == "{" and self._is_item_of_array():
            self._next_item_begins(frame)
            return
        span = Span(self.last_end, self.last_end)
        self.faults.add("missing-comma", "A comma is missing here.", span)
        frame.between = False

    def _colon(self, key: tuple[str, Span]) -> bool:
        """Consume the colon behind a key; False when the key has neither colon nor value."""
        self._skip_blank()
        text = self.text
        if text[self.offset : self.offset + 1] == ":":
            self._consume(1)
            return True
        alike = _COLON_LIKE.match(text, self.offset)
        if alike is not None:
            self.faults.add(
                "wrong-separator", "Key and value are separated by a colon.", Span(*alike.span())
            )
            self._move(alike.end())
            return True
        if text[self.offset : self.offset + 1] in ("", ",", ";", "}", "]"):
            self._missing_value(self.frames[-1], key)
            return False
        end = self.last_end
        self.faults.add("missing-colon", "A colon is missing here.", Span(end, end))
        return True

    def _missing_value(
        self, frame: _Frame, key: tuple[str, Span], before: int | None = None
    ) -> None:
        """A key without a value: it has a place, for completion, but is not in the value."""
        start = self.last_end if before is None else skip_back(self.text, before)
        until = self.offset if before is None else before
        gap = self.text[start:until]
        end = start + len(gap.split("\n", 1)[0].rstrip("\r"))
        self.faults.add("missing-value", f'"{key[0]}" has no value.', key[1])
        frame.container.add(key, Span(start, end), None)
        frame.between, frame.comma = before is None, None

    def _peek_colon(self) -> bool:
        offset = skip_space(self.text, self.offset)
        return self.text[offset : offset + 1] == ":"

    def _imply_object(self, key: str, span: Span) -> _Frame:
        """A key where a value should be: the object's opening brace is missing."""
        place = Span(span.start, span.start)
        self.faults.add("missing-bracket", "The opening { of this object is missing.", place)
        container = Container(self.text, span.start, is_object=True)
        frame = _Frame(container, {}, implied=True)
        self.frames.append(frame)
        self._value_of_key(frame, (key, span))
        return frame

    # --- closing ---

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

    def _next_item_begins(self, frame: _Frame) -> None:
        """A `{` where a key should be, in an array's object: that object lacks its brace."""
        comma, behind_comma = frame.comma, self.last_end
        if comma is not None:
            self.last_end = skip_back(self.text, comma)
        self._close_unclosed(1, "" if comma is not None else ",")
        # The comma, missing or not, belongs behind the brace.
        self.last_end = behind_comma
        self.frames[-1].between, self.frames[-1].comma = False, comma

    def _end_of_text(self) -> None:
        self._close_unclosed(len(self.frames))

    def _check_trailing_comma(self, frame: _Frame, *, quiet: bool = False) -> None:
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
        self.no_scan_above = min(self.no_scan_above, len(self.frames) + 400)
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

    # --- blanks and rests ---

    def _skip_blank(self) -> None:
        text = self.text
        while True:
            self.offset = skip_space(text, self.offset)
            odd = _ODD_SPACE.match(text, self.offset)
            if odd is not None:
                self._odd_space(odd)
                continue
            comment = _COMMENT.match(text, self.offset)
            if comment is None:
                return
            self.faults.add("comment", "JSON has no comments.", Span(*comment.span()))
            self.offset = comment.end()

    def _odd_space(self, match: re.Match[str]) -> None:
        if match.start() == 0 and match.group()[0] == "\ufeff":
            kind, message = "byte-order-mark", "A byte order mark may not stand in front of JSON."
        else:
            code = ord(match.group()[0])
            kind = "invalid-character"
            message = f"The character U+{code:04X} is no blank in JSON: use a plain space."
        self.faults.add(kind, message, Span(*match.span()))
        self.offset = match.end()

    def _check_rest(self) -> None:
        """Anything behind the root value is one mistake, except closing brackets."""
        self._skip_blank()
        while self.text[self.offset : self.offset + 1] in ("}", "]"):
            self._extra_closer(self.text[self.offset])
            self._skip_blank()
        if self.offset < len(self.text):
            end = len(self.text.rstrip())
            self.faults.add(
                "extra-content",
                "The document has ended; nothing may follow.",
                Span(self.offset, max(end, self.offset)),
            )

    def _give_up(self) -> None:
        self.faults.add(
            "too-large",
            "Too much of this file is broken to read on.",
            Span(self.offset, self.offset),
        )
        while self.frames:
            self._pop(self.offset)
        self.last_end = self.offset = len(self.text)

    def _consume(self, count: int) -> None:
        self._move(self.offset + count)

    def _move(self, offset: int) -> None:
        self.offset = self.last_end = offset


def skip_back(text: str, offset: int) -> int:
    """Offset behind the last character in front of `offset` that is no JSON whitespace."""
    while offset and text[offset - 1] in " \t\r\n":
        offset -= 1
    return offset


def _shortened(text: str) -> str:
    return text if len(text) <= 8 else f"{text[:8]}… ({len(text)} closing brackets)"


def _prune(value: JsonValue | Missing, depth: int) -> None:
    """Empty the containers below `depth` levels, so that no reader of the value can overflow."""
    level: list[JsonValue] = [] if isinstance(value, Missing) else [value]
    for remaining in range(depth, -1, -1):
        following: list[JsonValue] = []
        for item in level:
            if isinstance(item, dict | list):
                if remaining == 0:
                    item.clear()
                else:
                    following.extend(item.values() if isinstance(item, dict) else item)
        level = following
