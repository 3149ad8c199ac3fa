"""The structured value of the wire, `{"type": T, "payload": "<JSON>"}` as a JSON string.

Server and stream wrap each output twice: the payload is JSON text inside a JSON string inside a
JSON text. Older servers send plain JSON, a JSON value or bare text; all of it has a meaning here,
so that reading a value never fails.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from json.scanner import make_scanner
from typing import Any, TypeAlias, cast

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None

LARGEST_SAFE_INTEGER = 2**53 - 1
"""Above it a JavaScript reader changes the number."""

DEEPEST = 400
"""Levels of nesting. Python's JSON writer gives up at about a thousand, less the callers on the
stack, and whatever is read here has to be written again somewhere."""
_TOO_DEEP = "nested too deeply"

# The scanner behind json.loads without its wrapping: each chunk is scanned three times, and the
# wrapping costs twice the scan of a small one. `scan(text, start) -> (value, end)`; StopIteration
# when nothing starts there.
scan_unchecked: Callable[[str, int], tuple[JsonValue, int]] = make_scanner(
    cast(Any, json.JSONDecoder())
)

_HEAD = '{"type": "'
_MIDDLE = '", "payload": '
KINDS: dict[str, type] = {
    "string": str,
    "object": dict,
    "array": list,
    "integer": int,
    "number": float,
    "boolean": bool,
    "null": type(None),
}
"""What a payload of each kind usually is; anything else is looked at more closely."""
_NOT_FOR_JAVASCRIPT = re.compile(r"[0-9]{16}|NaN|Infinity")


def scan(text: str, start: int) -> tuple[JsonValue, int]:
    """One JSON value at `start` and where it ends; ValueError when there is none."""
    try:
        value, end = scan_unchecked(text, start)
    except StopIteration as nothing:
        raise ValueError("no JSON value") from nothing
    except RecursionError as deep:
        raise ValueError(_TOO_DEEP) from deep
    if end - start > 2 * DEEPEST and is_deeper(value, DEEPEST):
        raise ValueError(_TOO_DEEP)
    return value, end


def decode(content: JsonValue) -> JsonValue:
    """The value an agent returned, from `data` or `content` of the wire. Never raises.

    `{"type": "number", "payload": "null"}` is NaN; text that is not JSON stands for itself.
    """
    if isinstance(content, str):
        if content.startswith(_HEAD):
            try:
                return decode_as_written(content)
            except (ValueError, StopIteration, RecursionError):
                pass
        try:
            content = parse(content)
        except ValueError:
            return content
    if isinstance(content, dict) and content.keys() == {"type", "payload"}:
        kind, payload = content["type"], content["payload"]
        if isinstance(kind, str) and isinstance(payload, str):
            return _of_payload(kind, payload)
        if isinstance(kind, str):
            return payload
    return content


def parse(text: str) -> JsonValue:
    """`json.loads` whose only error is ValueError, also for texts nested deeper than DEEPEST."""
    try:
        value = cast("JsonValue", json.loads(text))
    except RecursionError as deep:
        raise ValueError(_TOO_DEEP) from deep
    if len(text) > 2 * DEEPEST and is_deeper(value, DEEPEST):
        raise ValueError(_TOO_DEEP)
    return value


def is_deeper(value: JsonValue, limit: int) -> bool:
    """Whether lists and objects stand in each other on more levels than `limit`."""
    level: list[Any] = [value]
    for _ in range(limit):
        level = [
            item
            for container in level
            if isinstance(container, list | dict)
            for item in (container.values() if isinstance(container, dict) else container)
            if isinstance(item, list | dict)
        ]
        if not level:
            return False
    return True


def decode_as_written(content: str) -> JsonValue:
    """What `decode` gives, for the spelling of Python's `json.dumps`, read in place.

    ValueError, StopIteration or RecursionError for any other. This is most of the time that a
    stream of small chunks takes, so it calls nothing in Python for what is usual.
    """
    middle = content.index(_MIDDLE, len(_HEAD))
    payload, end = scan_unchecked(content, middle + len(_MIDDLE))
    kind = content[len(_HEAD) : middle]
    if content[end:] != "}" or not isinstance(payload, str) or kind not in KINDS:
        raise ValueError("spelled differently")
    value, end = scan_unchecked(payload, 0)
    if end == len(payload) and end <= 2 * DEEPEST and isinstance(value, KINDS[kind]):
        return value
    return _of_payload(kind, payload)


def _scan_whole(text: str) -> JsonValue:
    try:
        value, end = scan(text, 0)
        if end == len(text):
            return value
    except ValueError:
        pass
    return parse(text)


def _of_payload(kind: str, payload: str) -> JsonValue:
    try:
        value = _scan_whole(payload)
    except ValueError:
        return None if payload == "" and kind != "string" else payload
    if kind == "string":
        return value if isinstance(value, str) else payload
    if kind == "number":
        return _number(value)
    if kind == "integer":
        return _integer(value)
    return value


def _number(value: JsonValue) -> JsonValue:
    if value is None:
        return math.nan
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _integer(value: JsonValue) -> JsonValue:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return value
    return value


def finite(value: JsonValue) -> float | None:
    """A number that can be reckoned with; None for anything else, NaN and endless digits too."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def all_finite(value: JsonValue) -> JsonValue:
    """The value with null for NaN and the infinities, which JSON has no word for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [all_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: all_finite(item) for key, item in value.items()}
    return value


def for_display(value: JsonValue, raw: str | None = None) -> JsonValue:
    """The same value for a reader of strict JSON with double-precision numbers.

    NaN and the infinities become the strings "NaN", "Infinity" and "-Infinity", integers beyond
    2^53 their digits. `raw`, the text the value came from, lets most values pass unvisited.
    """
    if isinstance(value, str):
        return value
    if raw is None or isinstance(value, float) or _NOT_FOR_JAVASCRIPT.search(raw):
        return _for_display(value)
    return value


def _for_display(value: JsonValue) -> JsonValue:
    # through JSON rather than by visiting: faster, and no recursion in Python
    return cast("JsonValue", json.loads(json.dumps(value), parse_int=_safe_int, parse_constant=str))


def _safe_int(digits: str) -> int | str:
    number = int(digits)
    return number if -LARGEST_SAFE_INTEGER <= number <= LARGEST_SAFE_INTEGER else digits
