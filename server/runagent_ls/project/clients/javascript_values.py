"""The properties of an object in JavaScript code, and what strings they certainly are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from runagent_ls.project.clients.javascript_code import Code
from runagent_ls.project.clients.model import Argument
from runagent_ls.text.position import Span

_BRACKET: Final = re.compile(r"[()\[\]{}]")
_COMMA_OR_BRACKET: Final = re.compile(r"[()\[\]{},]")
_KEY: Final = re.compile(r"\s*(?P<name>[A-Za-z_$][\w$]*|[\"'][^\"']*[\"'])\s*(?P<colon>:)?")
_WORD: Final = re.compile(r"\s*(?P<word>[A-Za-z_$][\w$]*)\s*\Z")
_SUFFIX: Final = re.compile(r"\s*!?\s*(?:(?:as|satisfies)\s+(?:const|string)\s*)?\Z")
_LONGEST_CALL: Final = 20_000
_ESCAPE: Final = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(\r\n|[\s\S]))"
)
_NAMED_ESCAPES: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "\0",
}
_LINE_ENDS: Final = frozenset({"\n", "\r", "\r\n", "\u2028", "\u2029"})


class Property(NamedTuple):
    """`name: value`; the name is None when it is computed or many are spread (`...more`)."""

    name: str | None
    start: int
    end: int
    """The value, or the name where that stands for it too."""


def closed(blank: str, start: int) -> int | None:
    """Behind the bracket that closes the one at `start`; None when it stays open."""
    depth = 0
    for found in _BRACKET.finditer(blank, start, min(len(blank), start + _LONGEST_CALL)):
        depth += 1 if found.group() in "([{" else -1
        if depth == 0:
            return found.end()
    return None


def properties(code: Code, start: int, end: int) -> list[Property] | None:
    """Of the object that stands first in this place; None when something else does."""
    blank = code.blank
    start += len(blank[start:end]) - len(blank[start:end].lstrip())
    if not blank.startswith("{", start):
        return None
    inside = closed(blank, start)
    if inside is None or inside > end:
        return None
    if blank[inside:end].strip() not in ("", ","):
        return None
    return [_property(code, *part) for part in _parts(blank, start + 1, inside - 1)]


def _parts(blank: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    depth = 0
    for found in _COMMA_OR_BRACKET.finditer(blank, start, end):
        if found.group() in "([{":
            depth += 1
        elif found.group() != ",":
            depth -= 1
        elif depth == 0:
            yield start, found.start()
            start = found.end()
    if blank[start:end].strip():
        yield start, end


def _property(code: Code, start: int, end: int) -> Property:
    found = _KEY.match(code.blank, start, end)
    if found is None or (found["colon"] is None and found.end() < end):
        computed = code.blank[start:end].lstrip()[:1] in ("[", ".")
        return Property(None if computed else "", start, end)
    quoted = code.strings.get(found.start("name"))
    name = found["name"] if quoted is None else code.text[found.start("name") + 1 : quoted - 1]
    return Property(name, found.end() if found["colon"] else found.start("name"), end)


def argument(code: Code, entry: Property) -> Argument | None:
    """The string that a property is: a literal, or a constant that is one for certain."""
    found = literal(code, entry.start, entry.end)
    if found is not None:
        return found
    word = _WORD.match(code.blank, entry.start, entry.end)
    return _constant(code, word["word"]) if word is not None else None


def literal(code: Code, start: int, end: int) -> Argument | None:
    """The string in this place, if there is nothing else; `as const` changes nothing."""
    blank = code.blank
    start += len(blank[start:end]) - len(blank[start:end].lstrip())
    behind = code.strings.get(start)
    if behind is None or behind > end or not _SUFFIX.match(blank, behind, end):
        return None
    inside = code.text[start + 1 : behind - 1]
    value = inside if "\\" not in inside else _ESCAPE.sub(_unescaped, inside)
    if code.text[start] == "`":
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return Argument(value, Span(start + 1, behind - 1), value == inside)


def _unescaped(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    if digits is not None:
        number = int(digits, 16)
        return chr(number) if number <= 0x10FFFF else found.group()
    other = found[4]
    return "" if other in _LINE_ENDS else _NAMED_ESCAPES.get(other, other)


def _constant(code: Code, name: str) -> Argument | None:
    """The value of the one `const` of this name, if nothing else in the file can have the name."""
    blank, word = code.blank, rf"(?<![\w$.]){re.escape(name)}(?![\w$])"
    declared = [*re.finditer(rf"(?<![\w$.])const\s+{word}\s*(?::\s*\w+\s*)?=(?![=>])", blank)]
    if len(declared) != 1 or _depth(blank, declared[0].start()) != 0:
        return None
    for use in re.finditer(word, blank):
        inside_declaration = declared[0].start() <= use.start() < declared[0].end()
        if not inside_declaration and _may_bind(blank, use.start(), use.end()):
            return None
    end = re.compile(r";|(?<=[\"'`])\s*(?:[\r\n,]|\Z)|\Z").search(blank, declared[0].end())
    return literal(code, declared[0].end(), end.start() if end is not None else len(blank))


def _depth(blank: str, end: int) -> int:
    opened = sum(blank.count(bracket, 0, end) for bracket in "({[")
    return opened - sum(blank.count(bracket, 0, end) for bracket in ")}]")


def _may_bind(blank: str, start: int, end: int) -> bool:
    """Whether a word may be a parameter or another variable here, not just be used."""
    before = blank[max(0, start - 200) : start]
    if re.search(r"(?<![\w$.])(?:let|var|const|function|class|enum|import)\b[^;=()]*\Z", before):
        return True
    after = blank[end : end + 2_000]
    if re.match(r"\s*=(?![=>])|\s*=>|\s*(?:\+\+|--|[-+*/%&|^?]{1,3}=(?!=))", after):
        return True
    around = _round_bracket(blank, start)
    if around is None:
        return False
    behind = closed(blank, around)
    if behind is None:
        return True
    if re.search(r"(?<![\w$.])(?:if|while|switch|with)\s*\Z", blank[max(0, around - 20) : around]):
        return False
    return re.match(r"\s*(?:\{|=>|:)", blank[behind : behind + 200]) is not None


def _round_bracket(blank: str, at: int) -> int | None:
    """The innermost `(` that is open in front of `at`, at most a long parameter list away."""
    depth = 0
    for index in range(at - 1, max(-1, at - 4_000), -1):
        character = blank[index]
        if character in ")]}":
            depth += 1
        elif character in "([{":
            if depth == 0 and character == "(":
                return index
            depth -= depth > 0
    return None
