"""next() without a default can hang the call for ever.

## What it does
Finds `next(x)` without a second argument, outside `try`, in the function of a plain tag.

## Why is this bad
When `x` is empty, `next` raises StopIteration. In a function that is not async RunAgent never
answers that call (Python up to 3.12).

## Example
```python
def first(items):
    return next(iter(items))
```

## Use instead
```python
def first(items):
    return next(iter(items), None)
```

## Fix
`None` is put in as the default. What the function does with it is yours.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.pyfile.source import Source
from runagent_ls.rules.functions.places import has_whole_source, in_definition
from runagent_ls.rules.rule import InConfig, InFile, Issue, Repair, Replacement, Rule
from runagent_ls.text.position import Span

CAN_BE_EMPTY: Final = re.compile(r"\w+\(\s*(?:iter\(|\(?[^()]*\sfor\s)", re.DOTALL)
"""`next(iter(x))` and `next(x for x in y)`. Of a plain name nobody can tell: it may count up
for ever, as `itertools.count()` does."""


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    found = entrypoint.resolution
    symbol = found.symbol if found is not None else None
    if found is None or symbol is None or entrypoint.is_stream:
        return
    if not has_whole_source(entrypoint) or not symbol.certain or symbol.decorators:
        return
    if found.exists is not Proof.PROVEN or symbol.is_async or symbol.is_generator:
        return
    source = project.sources.get(found.defined_in) if found.defined_in is not None else None
    if source is None:
        return
    for call in symbol.bare_next_calls:
        if not CAN_BE_EMPTY.match(source.text[call.span.start : call.span.end]):
            continue
        yield Issue(
            f"{call.callee}(...) without a default raises StopIteration when nothing is left, and"
            " then the call never gets an answer. Give it a default: next(items, None).",
            InConfig(("module",)),
            twin=in_definition(entrypoint, call.span),
            twin_text="The call",
            repair=_repair(found.defined_in, call.span, source.text),
        )


def _repair(file: FilePath | None, span: Span, text: str) -> Repair | None:
    """`None` as the second argument."""
    written = text[span.start : span.end]
    call = ast.parse(written, mode="eval").body
    if file is None or not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return None
    start, end = Source(written).span(call.args[0])
    edits = [(span.start + end, ", None")]
    if isinstance(call.args[0], ast.GeneratorExp) and end == len(written):
        # It borrows the brackets of the call, and needs its own beside another argument.
        edits = [(span.start + start, "("), (span.end, ", None)")]
    replacements = (Replacement(InFile(file, Span(at, at)), new) for at, new in edits)
    return Repair("Give it the default None", tuple(replacements), safe=False)


RULE = Rule(
    "RA314",
    "stop-iteration",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
