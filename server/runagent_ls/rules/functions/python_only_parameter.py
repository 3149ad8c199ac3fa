"""A parameter asks for what no caller can send.

## What it does
Finds required parameters whose annotation is a type that JSON has no form for: bytes, dates,
sets, functions, iterators.

## Why is this bad
Inputs arrive as JSON made them: text, numbers, true and false, null, lists and objects. RunAgent
converts nothing to the annotation, whatever language the call comes from.

## Example
```python
def plan(day: datetime):
    return day.year
```

## Use instead
```python
def plan(day: str):
    return datetime.fromisoformat(day).year
```

## Fix
None: the function's body must follow the parameter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.functions.places import in_definition, visible_parameters
from runagent_ls.rules.rule import InConfig, Issue, Rule

PYTHON_ONLY: Final = frozenset(
    {
        "bytes", "bytearray", "memoryview", "complex", "set", "frozenset", "Set", "FrozenSet",
        "AbstractSet", "MutableSet", "Callable", "Iterator", "Generator", "AsyncIterator",
        "AsyncGenerator", "Awaitable", "Coroutine", "datetime", "date", "time", "timedelta",
        "Decimal", "UUID", "Path", "PurePath", "BinaryIO", "TextIO", "IO",
    }
)  # fmt: skip


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    for parameter in visible_parameters(entrypoint):
        if parameter.default is not None or parameter.kind.startswith("var_"):
            continue
        name = _outermost(parameter.annotation or "")
        if name in PYTHON_ONLY and not _is_own_name(entrypoint, name):
            yield Issue(
                f"{parameter.name} asks for {name}, which no caller can send: inputs arrive as"
                " text, numbers, lists and objects. Take one of these and convert it inside.",
                InConfig(("module",)),
                twin=in_definition(entrypoint, parameter.span),
                twin_text="The parameter",
            )


def _is_own_name(entrypoint: Entrypoint, name: str) -> bool:
    """Whether the file makes a type or alias of this name itself."""
    at = entrypoint.module_file
    symbol = at.source.symbols.get(name) if at is not None and at.source is not None else None
    return symbol is not None and symbol.kind != "import"


def _outermost(annotation: str) -> str:
    """The type's own name without its module and its brackets; empty for unions."""
    plain = annotation.strip("\"' ")
    if "|" in plain:
        return ""
    return plain.split("[", 1)[0].rsplit(".", 1)[-1].strip()


RULE = Rule(
    "RA316",
    "python-only-parameter",
    "information",
    __doc__ or "",
    check_entrypoint=_check,
)
