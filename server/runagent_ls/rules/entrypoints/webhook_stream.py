"""A webhook cannot stream.

## What it does
Finds tags of webhook entrypoints that end in `_stream`.

## Why is this bad
The agent does not start: `'N8NExecutor' object has no attribute 'get_stream_runner'`.

## Example
```json
{"webhook_url": "http://localhost:5678/webhook/x", "method": "post", "tag": "hook_stream"}
```

## Use instead
```json
{"webhook_url": "http://localhost:5678/webhook/x", "method": "post", "tag": "hook"}
```

## Fix
The end of the tag is removed. Callers that use the old tag must follow.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    tag = entrypoint.tag
    if entrypoint.kind != "webhook" or not entrypoint.is_stream or tag is None:
        return
    better = tag.removesuffix("_stream")
    repair = None
    if better:
        edit = SetValue(("tag",), better)
        repair = Repair(f"Rename to {better}", (edit,), safe=False)
    yield Issue(
        "A webhook cannot stream: the agent does not start with a tag that ends in _stream.",
        InConfig(("tag",)),
        repair=repair,
    )


RULE = Rule(
    "RA222",
    "webhook-stream",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
