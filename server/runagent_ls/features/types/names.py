"""Names that a language accepts, made of names that Python or JSON accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final


def _listed(names: str) -> frozenset[str]:
    return frozenset(names.split())


_TYPESCRIPT: Final = _listed(
    """arguments as async await break case catch class const continue debugger default delete do
    else enum eval export extends false finally for function if implements import in instanceof
    interface let new null of package private protected public return static super switch this
    throw true try type typeof undefined var void while with yield"""
)
_GO: Final = _listed(
    """break case chan const continue default defer else fallthrough for func go goto if import
    interface map package range return select struct switch type var
    any append bool byte cap close comparable complex complex64 complex128 copy delete error false
    float32 float64 imag init int int8 int16 int32 int64 iota len main make max min new nil panic
    print println real recover rune string true uint uint8 uint16 uint32 uint64 uintptr
    clear"""
)
_RUST: Final = _listed(
    """abstract as async await become box break const continue do dyn else enum extern false final
    fn for gen if impl in let loop macro match mod move mut override priv pub ref return static
    struct trait true try type typeof unsafe unsized use virtual where while yield"""
)
_NEVER_RAW: Final = frozenset({"self", "super", "crate", "Self", "_"})
_TAKEN_TYPES: Final = _listed(
    """Any Array ArrayBuffer Boolean Box Clone Copy Date Default Deserialize Drop Eq Err Error
    Extract Exclude From Function HashMap Infinity Into Iterator Map NaN None Number Object Ok Omit
    Option Ord Partial PartialEq PartialOrd Pick Promise Readonly Record RegExp Required Result
    Self Send Serialize Set Sized Some String Symbol Sync ToString Value Vec WeakMap"""
)
"""Type names that one of the languages already uses for something else."""
_WORD: Final = re.compile(r"[0-9]+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+", re.ASCII)


def words(text: str) -> list[str]:
    """`userId`, `user_id` and `user-id` all give `user`, `id`; letters beyond ASCII are dropped."""
    return [word.lower() for word in _WORD.findall(text)]


def pascal(text: str, fallback: str = "Value") -> str:
    """A type or member name in capitals, never empty and never starting with a digit."""
    negative = re.fullmatch(r"-\d.*", text)
    found = "".join(word[:1].upper() + word[1:] for word in words(text)) or fallback
    if negative:
        return f"Minus{found}"
    return f"{fallback[:1]}{found}" if found[0].isdigit() else found


def type_name(text: str) -> str:
    """A name for a declared type. What is one already stays as it is."""
    plain = text if re.fullmatch(r"[A-Z][A-Za-z0-9]*", text) else pascal(text)
    return f"{plain}Type" if plain in _TAKEN_TYPES else plain


def snake(text: str, fallback: str = "value") -> str:
    """`user_id`; never empty and never starting with a digit."""
    found = "_".join(words(text)) or fallback
    return f"{fallback}_{found}" if found[0].isdigit() else found


def camel(text: str) -> str:
    """`userId`."""
    found = pascal(text)
    return found[0].lower() + found[1:]


def identifier(name: str, language: str) -> str:
    """A variable name as near to a Python name as the language's habits and keywords allow.

    `language`: javascript, typescript, go or rust.
    """
    match language:
        case "rust":
            return rust_identifier(snake(name))
        case "go":
            return escaped(camel(name), _GO)
        case _:
            return escaped(camel(name), _TYPESCRIPT)


def escaped(name: str, keywords: frozenset[str]) -> str:
    return f"{name}_" if name in keywords else name


def rust_identifier(name: str) -> str:
    """The name, written `r#name` where it is a keyword that may be written so."""
    if name in _NEVER_RAW:
        return f"{name}_"
    return f"r#{name}" if name in _RUST else name


def distinct(names: Iterable[str]) -> list[str]:
    """The same names, later ones with a number where an earlier one took theirs."""
    taken: set[str] = set()
    found = []
    for name in names:
        free, number = name, 2
        while free in taken:
            free, number = f"{name}{number}", number + 1
        taken.add(free)
        found.append(free)
    return found
