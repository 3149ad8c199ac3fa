"""What TypeScript and JavaScript code passes to the clients that it makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import iskeyword
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.refactoring.inputs import Inputs
from runagent_ls.project.clients.javascript_code import Code
from runagent_ls.project.clients.javascript_values import Property, closed, literal, properties
from runagent_ls.project.clients.typescript import WITH_JSX
from runagent_ls.text.position import Span

_DECLARED: Final = re.compile(
    r"(?<![\w$.])(?:const|let|var)\s+(?P<name>[A-Za-z_$][\w$]*)\s*(?::\s*[\w.]+\s*)?=\s*new\s+\Z"
)
_METHOD: Final = r"\s*\.\s*(?:run|runStream)\s*(?P<open>\()"
_CONTAINERS: Final = {"[": "list", "{": "dict"}
_FAR: Final = 300
"""Characters between the name of a variable and its client."""


def javascript_inputs(file: FilePath, text: str, made: list[Span]) -> list[Inputs]:
    """The inputs of all runs of the clients that are made in these places."""
    code = Code(text, jsx=file.suffix in WITH_JSX)
    return [
        inputs
        for span in made
        for start in _runs(code, span)
        if (inputs := _inputs(code, start)) is not None
    ]


def _runs(code: Code, made: Span) -> Iterator[int]:
    """Where the arguments of each run of one client open."""
    chained = re.compile(_METHOD).match(code.blank, made.end)
    if chained is not None:
        yield chained.start("open")
        return
    declared = _DECLARED.search(code.blank[max(0, made.start - _FAR) : made.start])
    if declared is None:
        return
    name = rf"(?<![\w$.]){re.escape(declared['name'])}(?![\w$])"
    bound = re.findall(rf"(?<![\w$.])(?:const|let|var)\s+{name}|{name}\s*=(?![=>])", code.blank)
    if len(bound) == 1:
        for found in re.finditer(name + _METHOD, code.blank):
            yield found.start("open")


def _inputs(code: Code, start: int) -> Inputs | None:
    """None for a call whose inputs cannot be read."""
    end = closed(code.blank, start)
    if end is None:
        return None
    if not code.blank[start + 1 : end - 1].strip():
        return {}
    given = properties(code, start + 1, end - 1)
    if given is None:
        return None
    found = {it.name: _type(code, it) for it in given if it.name is not None}
    named = all(name.isidentifier() and not iskeyword(name) for name in found)
    return found if named and len(found) == len(given) else None


def _type(code: Code, given: Property) -> str:
    """What Python has for a literal; empty for everything else."""
    if literal(code, given.start, given.end) is not None:
        return "str"
    value = code.blank[given.start : given.end].strip()
    if value in {"true", "false"}:
        return "bool"
    if re.fullmatch(r"-?\d+", value):
        return "int"
    if re.fullmatch(r"-?\d+\.\d+", value):
        return "float"
    begin = code.blank.index(value, given.start) if value else given.start
    is_whole = value[:1] in _CONTAINERS and closed(code.blank, begin) == begin + len(value)
    return _CONTAINERS[value[:1]] if is_whole else ""
