"""JSON values as text, in the style of what stands around them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from runagent_ls.jsontree.document import JsonValue


@dataclass(frozen=True, slots=True)
class Style:
    """How a value is written. `indentation` is that of the line on which it begins."""

    spread: bool
    """One line for each item; else all on one line."""
    newline: str
    indentation: str
    unit: str
    comma: str = ", "
    colon: str = ": "
    padding: str = ""
    """Blanks inside of an object's braces on one line."""

    @staticmethod
    def scalar(value: JsonValue) -> str:
        """A value that is no container."""
        return json.dumps(value, ensure_ascii=not _is_encodable(value))

    def write(self, value: JsonValue) -> str:
        """The value as JSON."""
        if self.spread:
            written = self._dumps(value, self.unit, (",", self.colon))
            return written.replace("\n", self.newline + self.indentation)
        if isinstance(value, dict) and value and self.padding:
            inner = self.comma.join(self.pair(key, item) for key, item in value.items())
            return f"{{{self.padding}{inner}{self.padding}}}"
        return self._dumps(value, None, (self.comma, self.colon))

    def pair(self, key: str, value: JsonValue) -> str:
        """A property: key, colon and value."""
        return quoted(key) + self.colon + self.write(value)

    def _dumps(self, value: JsonValue, indent: str | None, separators: tuple[str, str]) -> str:
        ascii_only = not _is_encodable(value)
        return json.dumps(value, indent=indent, separators=separators, ensure_ascii=ascii_only)


def quoted(text: str) -> str:
    """The text as a JSON string; letters of any language stay readable."""
    return json.dumps(text, ensure_ascii=not _is_encodable(text))


def _is_encodable(value: JsonValue) -> bool:
    """False when it holds half a character, which no file can: that is written as an escape."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
