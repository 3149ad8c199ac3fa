"""What a tool gave, as a model can read it and as JSON can say it."""

from __future__ import annotations

import base64
import enum
import inspect
import json
import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass
from typing import Final, NotRequired, TypedDict

from agent_runtime.events import ErrorKind
from agent_runtime.json_value import JsonValue

LONGEST_CONTENT: Final = 32_000
"""Characters of a result that a model is shown at most; the rest is cut off, and said to be."""
_DEEPEST: Final = 64
_MOST_PARTS: Final = 200_000
_LARGEST_BITS: Final = 4_096
_NOTHING: Final = "Done. Nothing was returned."


class ResultFields(TypedDict):
    """The part of an observation that a result decides."""

    ok: bool
    content: str
    value: NotRequired[JsonValue]
    error: NotRequired[ErrorKind]
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class ToolResult:
    """How a call of a tool ended; that it failed is a result, too.

    `content` is the text for the model. `value` is what the tool returned, if it was more than
    text or nothing (`has_value`) and is not too long. `error` is None when `ok`.
    """

    ok: bool
    content: str
    value: JsonValue = None
    has_value: bool = False
    error: ErrorKind | None = None
    elapsed_ms: float = 0.0

    def fields(self) -> ResultFields:
        """As the fields of an `observation` event."""
        made = ResultFields(ok=self.ok, content=self.content, elapsed_ms=self.elapsed_ms)
        if self.has_value:
            made["value"] = self.value
        if self.error is not None:
            made["error"] = self.error
        return made


def failed(kind: ErrorKind, message: str, elapsed_ms: float = 0.0) -> ToolResult:
    """The result of a call that gave none."""
    return ToolResult(False, shortened(_clean(message)), error=kind, elapsed_ms=elapsed_ms)


def returned(result: object, elapsed_ms: float) -> ToolResult:
    """The result of a call that returned. TypeError when JSON cannot say what it returned."""
    if isinstance(result, str):
        return ToolResult(True, shortened(_clean(result)), elapsed_ms=elapsed_ms)
    value = to_json(result)
    if isinstance(value, str):  # an Enum, a date, a path
        return ToolResult(True, shortened(value), elapsed_ms=elapsed_ms)
    if value is None:
        return ToolResult(True, _NOTHING, elapsed_ms=elapsed_ms)
    text = json.dumps(value, ensure_ascii=False)
    fits = len(text) <= LONGEST_CONTENT
    return ToolResult(True, shortened(text), value if fits else None, fits, None, elapsed_ms)


def shortened(text: str) -> str:
    """At most `LONGEST_CONTENT` characters of it, and a word about the rest."""
    if len(text) <= LONGEST_CONTENT:
        return text
    note = f"\n[cut off: the first {LONGEST_CONTENT:,} of {len(text):,} characters]"
    return text[:LONGEST_CONTENT] + note


def to_json(value: object) -> JsonValue:
    """The value with what JSON knows only: objects by their fields, sets as lists, NaN as text.

    TypeError for what has neither a JSON form nor a text of its own, and for what is too large:
    nested more than 64 levels deep, which is also what contains itself, or of more than 200,000
    parts.
    """
    return _Conversion().of(value, 0)


class _Conversion:
    """Counts the parts of one value: a list that holds itself twice has no end of them."""

    def __init__(self) -> None:
        self._parts = 0

    def of(self, value: object, depth: int) -> JsonValue:
        self._parts += 1
        if depth > _DEEPEST:
            raise TypeError(f"it is nested more than {_DEEPEST} levels deep, or contains itself")
        if self._parts > _MOST_PARTS:
            raise TypeError(f"it has more than {_MOST_PARTS:,} parts")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return _clean(str(value))
        if isinstance(value, int):
            if value.bit_length() > _LARGEST_BITS:
                raise TypeError("it is a number of too many digits")
            return int(value)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else str(float(value))
        parts = _parts(value)
        if isinstance(parts, Mapping):
            return {self._key(key): self.of(part, depth + 1) for key, part in parts.items()}
        if isinstance(parts, Sequence | Set) and not isinstance(parts, str):
            ordered = sorted(parts, key=repr) if isinstance(parts, Set) else parts
            return [self.of(part, depth + 1) for part in ordered]
        return self.of(parts, depth + 1)

    def _key(self, key: object) -> str:
        plain = self.of(key, 0)
        return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _parts(value: object) -> object:
    """What an object is made of: a mapping, a sequence, a set or something simpler."""
    if isinstance(value, enum.Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    named = getattr(value, "_asdict", None)  # a named tuple
    if isinstance(value, tuple) and callable(named):
        return named()
    if isinstance(value, bytes | bytearray | memoryview):
        return _text_of_bytes(bytes(value))
    if isinstance(value, Mapping | Sequence | Set):
        return value
    if not isinstance(value, type):
        dump, listed = getattr(value, "model_dump", None), getattr(value, "tolist", None)
        if callable(dump):  # pydantic
            return dump(mode="json")
        if callable(listed):  # numpy
            return listed()
    return _own_text(value)


def _own_text(value: object) -> str:
    kind = type(value)
    if inspect.iscoroutine(value):
        value.close()  # nobody will await it: no warning besides
        raise TypeError("it is a coroutine that was not awaited")
    is_silent = kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__
    is_no_value = isinstance(value, type) or callable(value) or hasattr(value, "__next__")
    if is_silent or is_no_value or hasattr(value, "__anext__"):
        raise TypeError(f"{kind.__name__} has no form in JSON and no text of its own")
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat() if callable(isoformat) else value)


def _text_of_bytes(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(data).decode("ascii")


def _clean(text: str) -> str:
    """Without halves of characters, which no file and no connection can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
