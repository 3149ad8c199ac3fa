"""The function or method defined at a place, and the names by which an entrypoint reaches it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.model import Symbol

_DEFINITION: Final = re.compile(
    r"(?P<indent>[ \t]*)(?:async[ \t\f]+)?def[ \t\f]+(?P<name>[^\W\d]\w*)"
)
_LINE_START: Final = r"(?:\A|(?<=[\r\n]))"
_CLASS: Final = re.compile(_LINE_START + r"class[ \t]+(?P<name>[^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class Exposable:
    """`modules` are values of `module` that may lead to the function, the likeliest first."""

    function: Symbol
    modules: tuple[str, ...]


def exposable_at(source: PyFile, offset: int) -> Exposable | None:
    """What is defined on the line at an offset: a function of the top level, or a method of a
    class there.

    The line is looked at first: this is asked wherever the cursor goes.
    """
    text = source.text
    start = 1 + max(text.rfind(end, 0, offset) for end in "\r\n")
    found = _DEFINITION.match(text, start)
    if found is None:
        return None
    name = found["name"]
    if not found["indent"]:
        return _here(source.symbols.get(name), found.start("name"), (name,))
    owner = _class_above(source, start)
    if owner is None or name.startswith("__"):
        return None
    modules = tuple(f"{it}.{name}" for it in (*_instances(text, owner.name), owner.name))
    return _here(owner.members.get(name), found.start("name"), modules)


def _here(symbol: Symbol | None, start: int, modules: tuple[str, ...]) -> Exposable | None:
    """The symbol if it is the one whose name begins at `start`, and a function."""
    if symbol is None or symbol.span.start != start or symbol.kind != "function":
        return None
    return Exposable(symbol, modules)


def _class_above(source: PyFile, start: int) -> Symbol | None:
    above = [it["name"] for it in _CLASS.finditer(source.text, 0, start)]
    symbol = source.symbols.get(above[-1]) if above else None
    return symbol if symbol is not None and symbol.kind == "class" else None


def _instances(text: str, owner: str) -> list[str]:
    """Names at the top level that look as if they held an object of a class."""
    made = re.finditer(
        rf"{_LINE_START}(?P<name>[^\W\d]\w*)[ \t]*(?::[^=\r\n]*)?=[ \t]*{owner}\(", text
    )
    return list(dict.fromkeys(it["name"] for it in made))
