"""The timeout of a webhook has no effect.

## What it does
Finds `timeout` in webhook entrypoints.

## Why is this bad
RunAgent reads the value and does not use it. It waits 10 seconds for a connection and 50 for an
answer.

## Example
```json
{"webhook_url": "http://localhost:5678/webhook/x", "method": "post", "tag": "hook", "timeout": 300}
```

## Use instead
```json
{"webhook_url": "http://localhost:5678/webhook/x", "method": "post", "tag": "hook"}
```

## Fix
The field is removed.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.rule import InConfig, Issue, Remove, Repair, Rule


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    value = entrypoint.value
    if entrypoint.kind == "webhook" and isinstance(value, dict) and "timeout" in value:
        yield Issue(
            "timeout has no effect: RunAgent waits 10 seconds for a connection and 50 for an"
            " answer, whatever stands here.",
            InConfig(("timeout",), "property"),
            repair=Repair("Remove timeout", (Remove(("timeout",)),)),
        )


RULE = Rule(
    "RA223",
    "webhook-timeout",
    "hint",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
