"""Reads JSON that is broken: as much of it as possible, with one problem for each mistake.

Whole subtrees that are valid are left to the C scanner; only containers on the way to a mistake
are walked here, with a stack of our own, so that no nesting is too deep.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from runagent_ls.jsontree.document import MISSING, JsonValue, Missing, SyntaxProblem
from runagent_ls.jsontree.open_containers import Frame, OpenContainers, skip_back
from runagent_ls.jsontree.places import Container
from runagent_ls.jsontree.scanning import skip_space
from runagent_ls.text.position import Span

_COLON_LIKE: Final = re.compile(r"=>|:=|=")

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


def recover(text: str) -> Recovered:
    """Read a text that `json.loads` refuses or reads in an unexpected way."""
    return _Recovery(text).read()


class _Recovery(OpenContainers):
    """The grammar: what may follow what, and what was meant when something else does."""

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

    def _element(self, frame: Frame) -> None:
        if self.text[self.offset] == ":":
            self.faults.add(
                "unexpected-colon", "No colon is expected here.", Span(self.offset, self.offset + 1)
            )
            self._consume(1)
            return
        if self._clean_elements(frame):
            return
        start = self.offset
        value, inner = self._read_value(None, frame.container.start)
        if self.frames[-1] is not frame:
            return
        if isinstance(value, str) and self._peek_colon():
            self._imply_object(value, Span(start, self.last_end))
            return
        self._attach(frame, None, value, Span(start, self.last_end), inner)

    def _clean_elements(self, frame: Frame) -> bool:
        """Take objects without a mistake in one go: most of a long list that has one somewhere."""
        text, before = self.text, self.items
        while text.startswith("{", self.offset) and self.items <= MAX_ITEMS:
            scanned = self._scan(self.offset, len(self.frames))
            if scanned is None:
                break
            value, end = scanned
            self._attach(frame, None, value, Span(self.offset, end), None)
            self._move(end)
            comma = skip_space(text, end)
            if not text.startswith(",", comma):
                break
            frame.between, frame.comma = False, comma
            self._move(comma + 1)
            self.offset = skip_space(text, self.offset)
        return self.items > before

    def _property(self, frame: Frame) -> None:
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
        name = self._read_key(frame.container.start)
        self._value_of_key(frame, (name, Span(start, self.last_end)))

    def _value_of_key(self, frame: Frame, key: tuple[str, Span]) -> None:
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

    def _value_without_key(self, frame: Frame) -> None:
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
        if self.text[self.offset] in "{[":
            return self._read_container(key)
        return self._read_scalar(opener), None

    def _read_container(self, key: tuple[str, Span] | None) -> tuple[JsonValue, Container | None]:
        start = self.offset
        container = Container(self.text, start, is_object=self.text[start] == "{")
        scanned = self._scan(start, len(self.frames))
        if scanned is not None:
            value, end = scanned
            self._move(end)
            return value, None
        opened: dict[str, JsonValue] | list[JsonValue] = {} if container.is_object else []
        self.frames.append(Frame(container, opened, key=key))
        self._consume(1)
        return opened, container

    def _separator(self, frame: Frame, char: str) -> None:
        span = Span(self.offset, self.offset + 1)
        if char == ";":
            self.faults.add("wrong-separator", "Items are separated by a comma.", span)
        if not frame.between:
            self.faults.add("unexpected-comma", "Nothing stands in front of this comma.", span)
        else:
            frame.comma = self.offset
        frame.between = False
        self._consume(1)

    def _missing_comma(self, frame: Frame) -> None:
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
        self, frame: Frame, key: tuple[str, Span], before: int | None = None
    ) -> None:
        """A key without a value: it has a place, for completion, but is not in the value."""
        start = self.last_end if before is None else skip_back(self.text, before)
        until = self.offset if before is None else before
        gap = self.text[start:until]
        end = start + len(gap.split("\n", 1)[0].rstrip("\r"))
        self.faults.add("missing-value", f'"{key[0]}" has no value.', key[1])
        frame.container.add(key, Span(start, end), None)
        frame.between, frame.comma = before is None, None

    def _imply_object(self, key: str, span: Span) -> Frame:
        """A key where a value should be: the object's opening brace is missing."""
        place = Span(span.start, span.start)
        self.faults.add("missing-bracket", "The opening { of this object is missing.", place)
        container = Container(self.text, span.start, is_object=True)
        frame = Frame(container, {}, implied=True)
        self.frames.append(frame)
        self._value_of_key(frame, (key, span))
        return frame

    def _end_of_text(self) -> None:
        self._close_unclosed(len(self.frames))

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
