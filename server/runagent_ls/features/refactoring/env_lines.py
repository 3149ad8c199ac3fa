"""Lines of `.env` that python-dotenv reads back as the very value they were written for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.rules.environment.env_entries import env_entries

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RETURN: Final = re.compile(r"\r\n?")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:@%+,=~^-]+")
_FILLED_IN: Final = re.compile(r"\$\{[^}]*\}")
"""What python-dotenv replaces by another variable's value, whatever quotes stand around it."""
_ESCAPES: Final = {
    "\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\a": r"\a", "\b": r"\b",
    "\f": r"\f", "\v": r"\v",
}  # fmt: skip


def env_values(text: str) -> dict[str, str | None]:
    """What python-dotenv makes of a file with this text, without filling in variables."""
    # A file is read with universal line ends.
    return {it.key: it.value for it in env_entries(_RETURN.sub("\n", text))}


def with_variable(text: str, name: str, value: str, newline: str) -> str | None:
    """The line, with all that must stand in front of it, to put behind a `.env` of this text.

    None when no way of writing is read back as `value`, with all that was there left as it is.
    """
    if not NAME.fullmatch(name) or not _can_be_held(value):
        return None
    before = env_values(text)
    if name in before:
        return None
    start = "" if not text or text.endswith(("\n", "\r")) else newline
    for written in _ways(value):
        line = f"{start}{name}={written}{newline}"
        if env_values(text + line) == {**before, name: value}:
            return line
    return None


def _can_be_held(value: str) -> bool:
    """Whether an environment variable and a UTF-8 file can hold it, and nothing is filled in."""
    if "\0" in value or _FILLED_IN.search(value):
        return False
    return not any("\ud800" <= it <= "\udfff" for it in value)


def _ways(value: str) -> Iterator[str]:
    """Ways to write a value, the plainest first.

    Versions of python-dotenv before 1.2 take a backslash in front of the closing quote for an
    escape: a value that ends in one is never quoted.
    """
    one_line = not re.search(r"[\r\n]", value)
    if _PLAIN.fullmatch(value):
        yield value
    if not value.endswith("\\"):
        if one_line:
            yield "'" + value.replace("\\", r"\\").replace("'", r"\'") + "'"
        yield '"' + "".join(_ESCAPES.get(it, it) for it in value) + '"'
    if one_line and not value.startswith(("'", '"', "#")):
        yield value
