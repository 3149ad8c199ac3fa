"""A streaming tag on what does not stream.

## What it does
Finds tags that end in `_stream` in front of functions that are known to return a text, a
dictionary, a number or nothing.

## Why is this bad
A text is sent letter by letter, a dictionary as its keys; numbers, None and coroutines end in an
error.

## Example
```python
def chat(text):              # "tag": "chat_stream"
    return "hello"
```

## Use instead
```python
def chat(text):              # "tag": "chat_stream"
    yield "hello"
```

## Fix
`_stream` is taken off the tag, if that one is free. Callers that use the old tag must follow. The
other way, to yield the parts, is yours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.functions.places import at_function, has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue

EFFECTS: Final = {
    "str": ("it returns a text, which is sent letter by letter", "warning"),
    "bytes": ("it returns bytes, which are sent as numbers", "warning"),
    "dict": ("it returns a dictionary, of which the keys alone are sent", "warning"),
    "number": ("it returns a number, which cannot be streamed, so every call fails", "error"),
    "none": ("it returns nothing, so every call fails", "error"),
}


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    found = entrypoint.resolution
    if not entrypoint.is_stream or entrypoint.kind != "python" or found is None:
        return
    if found.streams is not Proof.REFUTED or not has_whole_source(entrypoint):
        return
    if found.exists is Proof.REFUTED or found.is_callable is Proof.REFUTED or found.needs_instance:
        return
    symbol = found.symbol
    kinds = set(symbol.returns) if symbol is not None else set()
    effect, severity = "what a call returns gives no parts", None
    if len(kinds) == 1:
        effect, level = EFFECTS.get(next(iter(kinds)), (effect, "warning"))
        severity = level if level == "error" else None
    yield Issue(
        f"{entrypoint.module} does not yield, but the tag {entrypoint.tag} streams: {effect}."
        " Use yield, or a tag that does not end in _stream.",
        InConfig(("tag",)),
        twin=at_function(entrypoint, project),
        severity="error" if severity else None,
        repair=_repair(entrypoint.tag or ""),
    )


def _repair(tag: str) -> Repair | None:
    """A tag that does not stream."""
    better = tag.removesuffix("_stream")
    if not better:
        return None
    return Repair(f"Rename the tag to {better}", (SetValue(("tag",), better),), safe=False)


RULE = Rule(
    "RA310",
    "stream-without-items",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
