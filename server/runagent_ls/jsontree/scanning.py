"""The C scanner of `json`, used to read whole subtrees and to skip what nobody asked about."""

from __future__ import annotations

import json
import re
from typing import Final

from runagent_ls.jsontree.document import JsonValue

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_SCALAR: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,\]}]*', re.DOTALL)
_PLAIN: Final = json.JSONDecoder()


def skip_space(text: str, offset: int) -> int:
    """Offset of the first character that is no JSON whitespace."""
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


def read_valid_string(text: str, offset: int) -> tuple[str, int]:
    """Value and end of the string whose quote is at `offset`; ValueError when it is broken."""
    value, end = _PLAIN.raw_decode(text, offset)
    return str(value), end


def skip_value(text: str, offset: int) -> int:
    """End of the valid JSON value at `offset`."""
    try:
        return _PLAIN.raw_decode(text, offset)[1]
    except (ValueError, RecursionError):
        # Valid text can still be too deep for the stack we stand on.
        return _skip_by_brackets(text, offset)


def _skip_by_brackets(text: str, offset: int) -> int:
    if text[offset : offset + 1] not in ("{", "["):
        match = _SCALAR.match(text, offset)
        return match.end() if match else offset
    depth = 0
    for match in _BRACKET.finditer(text, offset):
        token = match.group()
        if token in ("{", "["):
            depth += 1
        elif token in ("}", "]"):
            depth -= 1
            if depth == 0:
                return match.end()
    return len(text)


class WatchfulScanner:
    """Reads values like `json.loads` and notes what it accepts although JSON does not mean it.

    `remarkable` becomes true when an object had two equal keys or a NaN or Infinity was read.
    """

    def __init__(self) -> None:
        self.remarkable = False
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=self._constant
        )

    def scan(self, text: str, offset: int) -> tuple[JsonValue, int]:
        """Value at `offset` and its end.

        Raises ValueError (with `pos` when it is a syntax error) and RecursionError.
        """
        return self._decoder.raw_decode(text, offset)

    def _object(self, pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
        result = dict(pairs)
        if len(result) != len(pairs):
            self.remarkable = True
        return result

    def _constant(self, name: str) -> float:
        self.remarkable = True
        return float(name)
