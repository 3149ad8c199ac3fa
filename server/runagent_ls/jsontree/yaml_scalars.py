"""Unquoted YAML text to values, by the rules of PyYAML's safe loader (YAML 1.1).

RunAgent reads YAML with PyYAML, so `yes` is true, `010` is 8, `1:30` is 90 and dates are dates.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from runagent_ls.jsontree.document import JsonValue, NotText

_BOOLEANS: Final = {
    "yes": True, "true": True, "on": True, "no": False, "false": False, "off": False,
}  # fmt: skip
_PATTERNS: Final = (
    (
        "boolean",
        re.compile(
            r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF", re.ASCII
        ),
    ),
    (
        "float",
        re.compile(
            r"[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?"
            r"|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
            r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
            r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
        ),
    ),
    (
        "integer",
        re.compile(
            r"[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+"
            r"|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+"
        ),
    ),
    ("merge", re.compile(r"<<")),
    ("null", re.compile(r"~|null|Null|NULL|")),
    (
        "timestamp",
        re.compile(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
            r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}"
            r":[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?"
        ),
    ),
    ("default", re.compile(r"=")),
)
_MOMENT: Final = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+]([0-9]{1,2})(?::([0-9]{2}))?))?)?"
)


def plain_type(text: str) -> str:
    """What PyYAML takes unquoted text for; `string` when it is nothing else."""
    for name, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            return name
    return "string"


def construct(text: str, type_name: str) -> JsonValue:
    """Value of a scalar of a known type. Raises ValueError, as PyYAML does, when it is none."""
    match type_name:
        case "null":
            return None
        case "boolean":
            if text.lower() not in _BOOLEANS:
                raise ValueError(f"{text} is neither true nor false")
            return _BOOLEANS[text.lower()]
        case "integer":
            return _integer(text)
        case "float":
            return _float(text)
        case "timestamp":
            return _timestamp(text)
    return text


def _signed(text: str) -> tuple[int, str]:
    sign = -1 if text.startswith("-") else 1
    return sign, text[1:] if text[:1] in ("+", "-") else text


def _integer(text: str) -> int:
    sign, digits = _signed(text.replace("_", ""))
    if digits == "0":
        return 0
    if digits.startswith("0b"):
        return sign * int(digits[2:], 2)
    if digits.startswith("0x"):
        return sign * int(digits[2:], 16)
    if digits.startswith("0"):
        return sign * int(digits, 8)
    total = 0
    for part in digits.split(":"):
        total = total * 60 + int(part)
    return sign * total


def _float(text: str) -> float:
    sign, digits = _signed(text.replace("_", "").lower())
    if digits == ".inf":
        return sign * float("inf")
    if digits == ".nan":
        return float("nan")
    total = 0.0
    for part in digits.split(":"):
        total = total * 60 + float(part)
    return sign * total


def _timestamp(text: str) -> NotText:
    """A date that exists; ValueError for the 31st of February."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text} is no date")
    year, month, day, hour, minute, second, zone_hour, zone_minute = (
        int(part) if part else 0 for part in match.groups()
    )
    date(year, month, day)
    if hour > 23 or minute > 59 or second > 59 or zone_hour * 60 + zone_minute >= 24 * 60:
        raise ValueError(f"{text} is no time of day")
    return NotText(text, "timestamp")
