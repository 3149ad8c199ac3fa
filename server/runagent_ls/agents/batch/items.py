"""One input of a batch, and the forms in which a line of JSON may say it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from runagent_ls.agents.batch.text_source import broken_column
from runagent_ls.agents.values import JsonValue, parse

ItemId: TypeAlias = str | int

_ENVELOPE: Final = frozenset({"id", "args", "kwargs"})
_WRAP: Final = (
    'an object of only `id`, `args` and `kwargs` is read as {"id", "args": [...], "kwargs": {...}};'
    ' to send a keyword argument of that name write {"kwargs": {"args": ...}}'
)


@dataclass(frozen=True, slots=True)
class Item:
    """`index` counts items from 0, `line` lines of the file from 1.

    `problem` is why the item cannot be called; it has then no arguments. `sha256` (hex) is of
    what would be sent, or of the text of an item that cannot be read: spacing does not matter.
    """

    index: int
    line: int
    args: Sequence[JsonValue] = ()
    kwargs: Mapping[str, JsonValue] = field(default_factory=dict)
    id: ItemId | None = None
    problem: str | None = None
    sha256: str = ""


def good_item(
    index: int,
    line: int,
    args: Sequence[JsonValue],
    kwargs: Mapping[str, JsonValue],
    item_id: ItemId | None = None,
) -> Item:
    """An item that can be called."""
    sent = json.dumps([item_id, args, kwargs], separators=(",", ":"))
    return Item(index, line, args, kwargs, item_id, None, _hash(sent))


def broken_item(index: int, line: int, text: str, problem: str) -> Item:
    """An item that fails without a call."""
    return Item(index, line, problem=problem, sha256=_hash(text))


def item_of_json(index: int, line: int, text: str) -> Item:
    """The item that one line of JSON says. Never raises."""
    broken = broken_column(text)
    if broken is not None:
        return broken_item(
            index, line, text, f"line {line}, column {broken}: bytes that are not text"
        )
    try:
        value = parse(text)
    except json.JSONDecodeError as error:
        where = f"line {line}, column {error.colno}"
        return broken_item(index, line, text, f"{where}: not JSON ({error.msg})")
    except ValueError as error:
        return broken_item(index, line, text, f"line {line}, column 1: not JSON ({error})")
    if isinstance(value, list):
        return good_item(index, line, value, {})
    if not isinstance(value, dict):
        return broken_item(
            index,
            line,
            text,
            f"line {line}, column 1: neither an object of keyword arguments nor an array of"
            " positional ones",
        )
    if value.keys() <= _ENVELOPE and ("args" in value or "kwargs" in value):
        return _of_envelope(index, line, text, value)
    return good_item(index, line, (), value)


def _of_envelope(index: int, line: int, text: str, value: dict[str, JsonValue]) -> Item:
    args, kwargs, item_id = value.get("args", []), value.get("kwargs", {}), value.get("id")
    wrong = None
    if not isinstance(args, list):
        wrong = "`args` is no array"
    elif not isinstance(kwargs, dict):
        wrong = "`kwargs` is no object"
    elif isinstance(item_id, bool) or not isinstance(item_id, str | int | None):
        wrong = "`id` is neither text nor an integer"
    else:
        return good_item(index, line, args, kwargs, item_id)
    return broken_item(index, line, text, f"line {line}, column 1: {wrong} ({_WRAP})")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
