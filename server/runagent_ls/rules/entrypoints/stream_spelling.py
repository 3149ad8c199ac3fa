"""A tag looks like a streaming one and is none.

## What it does
Finds tags such as `chat_STREAM`, `chat_stream ` and `chat-stream` in front of a function that
yields.

## Why is this bad
Only a tag that ends in exactly `_stream` streams. The others answer with the text `<generator
object ...>`.

## Example
```json
{"file": "main.py", "module": "chat_parts", "tag": "chat_STREAM"}
```

## Use instead
```json
{"file": "main.py", "module": "chat_parts", "tag": "chat_stream"}
```

## Fix
The end of the tag is written as `_stream`. Callers that use the old tag must follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue

LOOKS_LIKE: Final = re.compile(r"(?s)^(?P<name>.*?)(?:[\s_.-]+(?i:stream)|(?<=[a-z0-9])Stream)\s*$")


def misspelt_stream_tag(entrypoint: Entrypoint) -> str | None:
    """The tag as it would stream, when it looks as if it should and the function yields."""
    found = entrypoint.resolution
    if entrypoint.tag is None or entrypoint.is_stream or found is None:
        return None
    match = LOOKS_LIKE.match(entrypoint.tag)
    if match is None or not match["name"] or found.gives_generator is not Proof.PROVEN:
        return None
    return f"{match['name']}_stream"


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    better = misspelt_stream_tag(entrypoint)
    if better is None:
        return
    edit = SetValue(("tag",), better)
    yield Issue(
        f"{entrypoint.tag!r} does not stream: a tag streams only when it ends in exactly _stream.",
        InConfig(("tag",)),
        repair=Repair(f"Rename to {better}", (edit,), safe=False),
    )


RULE = Rule(
    "RA203",
    "stream-spelling",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
