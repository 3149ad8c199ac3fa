"""What stands where a value or key should be, without quotes: numbers, words, dates."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.jsontree.faults import Faults
from runagent_ls.text.position import Span

_BARE: Final = re.compile(r"[^\r\n,{}\[\]\"]+")
_COMMENT: Final = re.compile(r"\s(?://|/\*|#)")
_BARE_KEY: Final = re.compile(r"[^\s:=,{}\[\]\"]+")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_LOOSE_NUMBER: Final = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+"
    r"|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)(?:[eE][-+]?[0-9]*)?)"
)
_CLOSED_VALUE: Final = re.compile(r"[^\"\r\n]*\"(?=[ \t]*(?:[,}\]\r\n]|$))")
_WHOLE_VALUE: Final = re.compile(r"(?:true|false|null|-?[0-9][0-9.eE+-]*)\s*[,\]}]")
"""The quote further on belongs to the next item."""
_CLOSED_KEY: Final = re.compile(r"[^\"\r\n:,{}]*\"(?=[ \t]*:)")

CONSTANTS: Final[dict[str, JsonValue]] = {"true": True, "false": False, "null": None}
_NOT_NUMBERS: Final = ("NaN", "Infinity", "-Infinity")
_MISSPELT: Final[dict[str, JsonValue]] = {
    "True": True, "TRUE": True, "yes": True, "False": False, "FALSE": False, "no": False,
    "None": None, "NULL": None, "Null": None, "nil": None, "undefined": None,
}  # fmt: skip
_WRITTEN: Final = {True: "true", False: "false", None: "null"}


class Bare(NamedTuple):
    """A value and the offset behind it."""

    value: JsonValue
    end: int


def read_bare_value(text: str, start: int, faults: Faults) -> Bare:
    """Read an unquoted value at `start`, which is neither blank nor a bracket, comma or quote."""
    closed = _CLOSED_VALUE.match(text, start)
    if closed is not None and not _WHOLE_VALUE.match(text, start):
        faults.add("missing-quote", 'The opening " of this string is missing.', Span(start, start))
        return Bare(closed.group()[:-1], closed.end())
    match = _BARE.match(text, start)
    word = match.group() if match else text[start]
    comment = _COMMENT.search(word)
    word = (word[: comment.start()] if comment else word).rstrip().rstrip(";") or word
    first = word.split(maxsplit=1)[0] if word.split() else word
    # `1 2` and `true x` are two items without a comma, `hello world` is one string.
    if first in CONSTANTS or first in _NOT_NUMBERS or _NUMBER.fullmatch(first):
        word = first
    return Bare(_value_of(word, Span(start, start + len(word)), faults), start + len(word))


def read_bare_key(text: str, start: int, faults: Faults) -> tuple[str, int]:
    """Read an unquoted key at `start`: its name and the offset behind it."""
    closed = _CLOSED_KEY.match(text, start)
    if closed is not None:
        faults.add("missing-quote", 'The opening " of this key is missing.', Span(start, start))
        return closed.group()[:-1], closed.end()
    match = _BARE_KEY.match(text, start)
    end = match.end() if match else start + 1
    faults.add("unquoted-key", 'Keys stand in double quotes: "…".', Span(start, end))
    return text[start:end], end


def _value_of(word: str, span: Span, faults: Faults) -> JsonValue:
    if word in CONSTANTS:
        return CONSTANTS[word]
    if word in _NOT_NUMBERS:
        faults.add(
            "not-a-number",
            f"{word} is not JSON. RunAgent's reader takes it, most others refuse the file.",
            span,
            breaks_loader=False,
        )
        return float(word)
    number = _NUMBER.fullmatch(word)
    if number is not None:
        return _number(word, number.group(1) or number.group(2), span, faults)
    if word in _MISSPELT:
        value = _MISSPELT[word]
        written = _WRITTEN[value] if value is None or isinstance(value, bool) else ""
        faults.add("misspelt-constant", f"Write {written} instead of {word}.", span)
        return value
    if _LOOSE_NUMBER.fullmatch(word):
        faults.add(
            "invalid-number",
            f"{_shortened(word)} is no JSON number: no leading zeros or plus sign, digits on "
            "both sides of the point, decimal only.",
            span,
        )
        return _loose_number(word)
    faults.add("unquoted-string", 'Text stands in double quotes: "…".', span)
    return word


def _number(word: str, fraction: str | None, span: Span, faults: Faults) -> JsonValue:
    if fraction:
        return float(word)
    try:
        return int(word)
    except ValueError:
        # Python refuses to convert integers of more than 4300 digits.
        faults.add(
            "number-too-long",
            f"This integer has {len(word)} digits; the JSON reader refuses more than 4300.",
            span,
        )
        return float(word)


def _loose_number(word: str) -> JsonValue:
    try:
        return int(word, 0)
    except ValueError:
        pass
    try:
        return float(word.rstrip("eE+-"))
    except ValueError:
        return None


def _shortened(word: str) -> str:
    return word if len(word) <= 40 else f"{word[:40]}…"
