"""The text of a function that does not exist yet: it loads, and it answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StubParameter:
    """A parameter by what callers pass; `optional` when some of them leave it out."""

    name: str
    annotation: str = ""
    """A built-in type; empty when it is not known."""
    optional: bool = False


_EMPTY: Final = {"str": '""', "int": "0", "float": "0.0", "bool": "False"}
UNKNOWN_CALLERS: Final = (StubParameter("message", "str"),)
"""What to ask for while nobody calls the function."""


def stub(name: str, parameters: Iterable[StubParameter], *, streams: bool, is_async: bool) -> str:
    """A function that gives its inputs back, as a generator when it `streams`.

    Lines end in `\\n`, the last one without; a step of indentation is four spaces.
    """
    ordered = sorted(parameters, key=lambda it: it.optional)
    written = ", ".join(_written(it) for it in ordered)
    statement = "yield" if streams else "return"
    lines = [
        f"{'async ' if is_async else ''}def {name}({written}):",
        f'    """TODO: say what {name} does."""',
        f"    {statement} {_answer([it.name for it in ordered], name)}",
    ]
    return "\n".join(lines)


def _written(parameter: StubParameter) -> str:
    annotation = parameter.annotation
    if not parameter.optional:
        return f"{parameter.name}: {annotation}" if annotation else parameter.name
    if annotation not in _EMPTY:
        return f"{parameter.name}=None"
    return f"{parameter.name}: {annotation} = {_EMPTY[annotation]}"


def _answer(names: list[str], function: str) -> str:
    if not names:
        return f'"{function} was called"'
    if len(names) == 1:
        return names[0]
    return "{" + ", ".join(f'"{name}": {name}' for name in names) + "}"
