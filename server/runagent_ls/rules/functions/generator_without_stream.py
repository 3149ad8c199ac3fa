"""A generator behind a tag that does not stream.

## What it does
Finds functions with `yield` whose tag does not end in `_stream`.

## Why is this bad
The call answers with the text `<generator object ...>` and reports success.

## Example
```python
def chat(text):              # "tag": "chat"
    yield "hello"
```

## Use instead
```python
def chat(text):              # "tag": "chat_stream"
    yield "hello"
```

## Fix
`_stream` is put behind the tag. Callers that use the old tag must follow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.entrypoints.stream_spelling import misspelt_stream_tag
from runagent_ls.rules.functions.places import at_function, has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Repair, Replacement, Rule


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    found, tag = entrypoint.resolution, entrypoint.tag
    if found is None or tag is None or entrypoint.is_stream:
        return
    if not has_whole_source(entrypoint) or misspelt_stream_tag(entrypoint) is not None:
        return
    if found.exists is not Proof.PROVEN or found.gives_generator is not Proof.PROVEN:
        return
    better = f"{tag}_stream"
    edit = Replacement(InConfig(("tag",)), json.dumps(better, ensure_ascii=False))
    yield Issue(
        f"{entrypoint.module} yields, but the tag {tag} does not end in _stream: calls answer"
        " with the text <generator object ...>.",
        InConfig(("tag",)),
        twin=at_function(entrypoint, project),
        repair=Repair(f"Rename the tag to {better}", (edit,), safe=False) if tag else None,
    )


RULE = Rule(
    "RA311",
    "generator-without-stream",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
