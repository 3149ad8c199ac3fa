"""Values as YAML that PyYAML reads back as they are, in the style of what stands around them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.jsontree.edits.json_writing import Style
from runagent_ls.jsontree.yaml_scalars import plain_type

_WORDS: Final = re.compile(r"[A-Za-z0-9_/.][A-Za-z0-9_/.+@=-]*(?: [A-Za-z0-9_/.+@=-]+)*", re.ASCII)
_INDENTED: Final = re.compile(r"^( +)[^\s#]", re.MULTILINE)
_DASH_UNDER_KEY: Final = re.compile(
    r"^( *)(?![ #-])[^\r\n]*:[ \t]*(?:\r\n|\r|\n)\1- ", re.MULTILINE
)


def scalar(value: JsonValue, quote: str = "") -> str:
    """A text, number, boolean or null; a text with this quote, or with none, where it can be."""
    if not isinstance(value, str):
        return json.dumps(value)
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    is_plain = not quote and _WORDS.fullmatch(value) and plain_type(value) == "string"
    if is_plain and value != "...":
        return value
    return json.dumps(value, ensure_ascii=False)


class FlowStyle(Style):
    """Lists in brackets and mappings in braces, on one line."""

    @staticmethod
    def scalar(value: JsonValue) -> str:
        """A value that is no container."""
        return scalar(value)

    def write(self, value: JsonValue) -> str:
        """The value in one line of YAML."""
        if isinstance(value, dict):
            inner = self.comma.join(self.pair(key, item) for key, item in value.items())
            padding = self.padding if value else ""
            return f"{{{padding}{inner}{padding}}}"
        if isinstance(value, list):
            return f"[{self.comma.join(self.write(item) for item in value)}]"
        return scalar(value)

    def pair(self, key: str, value: JsonValue) -> str:
        """A property; YAML takes a colon without a blank for a part of the key."""
        return f"{scalar(key)}: {self.write(value)}"


@dataclass(frozen=True, slots=True)
class BlockStyle:
    """Lists and mappings on lines of their own."""

    unit: int
    """Blanks by which a mapping is indented under its key."""
    dash: int
    """Blanks by which a list is."""

    @classmethod
    def of(cls, text: str) -> BlockStyle:
        """How a text does it; by two blanks when it does not show."""
        found = _INDENTED.search(text)
        unit = len(found.group(1)) if found else 2
        return cls(unit, 0 if _DASH_UNDER_KEY.search(text) else unit)

    def pair(self, key: str, value: JsonValue) -> list[str]:
        """The lines of a property, without the indentation of its key."""
        name = scalar(key)
        if not isinstance(value, dict | list) or not value:
            return [f"{name}: {self.inline(value)}"]
        step = self.dash if isinstance(value, list) else self.unit
        return [f"{name}:", *(" " * step + line for line in self.lines(value))]

    def lines(self, value: JsonValue) -> list[str]:
        """The lines of a value, without indentation."""
        if isinstance(value, dict) and value:
            return [line for key, item in value.items() for line in self.pair(key, item)]
        if isinstance(value, list) and value:
            return [line for item in value for line in self.item(item)]
        return [self.inline(value)]

    def item(self, value: JsonValue, dash: str = "- ") -> list[str]:
        """The lines of an item of a list, without the indentation of its dash."""
        first, *others = self.lines(value)
        return [dash + first, *(" " * len(dash) + line for line in others)]

    def inline(self, value: JsonValue) -> str:
        """A value on one line."""
        if isinstance(value, dict | list):
            return "{}" if isinstance(value, dict) else "[]"
        return scalar(value)
