"""Events that are saved together, as JSON text and back."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Final, cast

from agent_runtime.events import Event
from agent_runtime.json_value import JsonValue
from agent_runtime.persistence.line_file import LONGEST_LINE
from agent_runtime.persistence.store import StoreError, UnsavableError

TRACE: Final = "agent_runtime/1"
"""Format and version, in the first event of each session."""
BEYOND_ALL: Final = 2.0**53
"""No count and no time is so large; JavaScript could not tell it from the next one."""
MOST_VALUES: Final = 2_000_000
"""In one text: it would take some hundred times more memory than its characters."""
DEEPEST: Final = 200
"""Lists and dicts in one another, far from where Python's own JSON reader gives up."""


def check_order(session: str, events: Sequence[Event]) -> None:
    """StoreError for events of another session, a gap between them or a second beginning."""
    first = events[0].get("seq")
    for number, event in enumerate(events):
        seq = event.get("seq")
        if event.get("session") != session:
            raise StoreError(
                f"An event of session {event.get('session')!r} was to be saved in {session!r}."
            )
        if type(seq) is not int or type(first) is not int or seq != first + number or seq < 0:
            raise StoreError(
                f"Events of session {session!r} must be counted without a hole, but {seq!r} was to"
                f" follow {events[number - 1].get('seq') if number else 'nothing'!r}."
            )
        if (event.get("type") == "session_started") != (seq == 0):
            raise StoreError(
                f"The first event of session {session!r}, and no other, must be its"
                f" session_started; event {seq} is {event.get('type')!r}."
            )
        if event.get("type") in {"model_delta", "model_retried"}:
            raise StoreError(
                f"A {event.get('type')} is not kept: the thought that follows says it all."
            )


def encoded(value: object, what: str) -> str:
    """JSON text in ASCII on one line. UnsavableError names `what` when JSON cannot say the
    value, or it is too large."""
    try:
        text = _ENCODER.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise UnsavableError(f"{what} holds something that JSON cannot say: {error}.") from error
    if len(text) > MOST_VALUES and has_too_many_values(text.encode("ascii")):
        raise UnsavableError(f"{what} has more than {MOST_VALUES:,} values. Keep them in a file.")
    # Most texts have not even so many brackets.
    if text.count("[") + text.count("{") > DEEPEST and _depth(json.loads(text)) > DEEPEST:
        raise UnsavableError(f"{what} has lists or objects in one another deeper than {DEEPEST}.")
    return text


def encoded_event(event: Event) -> str:
    """One event; `seq` stands first, where it is found without reading the rest."""
    what = f"Event {event['seq']} ({event['type']}) of session {event['session']!r}"
    return encoded({"seq": event["seq"], **event}, what)


def check_size(session: str, size: int, events: Sequence[Event]) -> None:
    """UnsavableError when `events`, of `size` bytes, are more than a store takes at once."""
    if size >= LONGEST_LINE:
        kinds = ", ".join(dict.fromkeys(event["type"] for event in events))
        raise UnsavableError(
            f"{size:,} bytes ({kinds}) were to be saved at once in session {session!r}, more than"
            f" the {LONGEST_LINE:,} that are possible. Do less in one call of a tool."
        )


def decoded_event(value: object, session: str, seq: int) -> Event | None:
    """The event if it is number `seq` of the session. For fields of its type, see `shape`."""
    if not isinstance(value, dict) or value.get("session") != session or value.get("seq") != seq:
        return None
    step, at = value.get("step"), value.get("at")
    if not isinstance(value.get("type"), str) or type(step) is not int:
        return None
    if not isinstance(at, int | float) or not 0 <= at < BEYOND_ALL or not 0 <= step < BEYOND_ALL:
        return None
    if seq == 0 and (value["type"] != "session_started" or value.get("trace") != TRACE):
        return None
    return cast(Event, value)


def decoded_json(text: str | bytes) -> JsonValue:
    """ValueError for anything that is no JSON, or more than `MOST_VALUES`."""
    if len(text) > MOST_VALUES:
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        if has_too_many_values(data):
            raise ValueError(f"it has more than {MOST_VALUES:,} values")
    try:
        value: JsonValue = _DECODER.decode(text if isinstance(text, str) else text.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value


def has_too_many_values(json_text: bytes) -> bool:
    """Whether it would become more than `MOST_VALUES` objects."""
    return _marks(json_text) > MOST_VALUES and _marks_outside_of_strings(json_text) > MOST_VALUES


def _marks_outside_of_strings(text: bytes) -> int:
    """Piece by piece: without its strings, all of it would be millions of pieces at once."""
    found, start, length = 0, 0, _PIECE
    while start < len(text):
        rest = _STRING.sub(b"", text[start : start + length])
        # a string that goes on behind the piece, and all after its beginning
        begun = rest.find(b'"')
        is_last = start + length >= len(text)
        left = 0 if begun < 0 or is_last else len(rest) - begun
        found += _marks(rest[: len(rest) - left])
        start, length = start + length - left, max(_PIECE, 2 * left)
    return found


def _marks(text: bytes) -> int:
    return text.count(b",") + text.count(b"[") + text.count(b"{")


_PIECE: Final = 1024 * 1024
_STRING: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def _refuse(constant: str) -> JsonValue:
    raise ValueError(f"{constant} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refuse_number(digits)


def _refuse_number(digits: str) -> float:
    raise ValueError(f"{digits[:20]} is more than a number can be")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
"""Made once: that takes longer than reading an event."""


def _plain(value: object) -> dict[object, object] | list[object]:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return list(value)
    raise TypeError(f"a {type(value).__name__}")


_ENCODER: Final = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=_plain)


def _depth(value: JsonValue) -> int:
    depth = 0
    level: list[JsonValue] = [value]
    while level:
        depth += 1
        below: list[JsonValue] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        level = [item for item in below if isinstance(item, dict | list)]
    return depth
