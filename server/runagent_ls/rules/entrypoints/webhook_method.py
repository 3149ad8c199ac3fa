"""The method of a webhook is neither post nor get.

## What it does
Looks for exactly `post` or `get`, in lower case.

## Why is this bad
Anything else loads, and then every call fails: `cannot access local variable 'response'`.

## Example
```json
{"webhook_url": "http://localhost:5678/webhook/x", "method": "POST", "tag": "hook"}
```

## Use instead
```json
{"webhook_url": "http://localhost:5678/webhook/x", "method": "post", "tag": "hook"}
```

## Fix
Written in lower case, when that helps.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    value = entrypoint.value
    method = value.get("method") if isinstance(value, dict) else None
    if entrypoint.kind != "webhook" or not isinstance(method, str) or method in {"post", "get"}:
        return
    better = method.strip().lower()
    repair = None
    if better in {"post", "get"}:
        edit = SetValue(("method",), better)
        repair = Repair(f"Change to {better}", (edit,))
    yield Issue(
        f"Every call fails with the method {method!r}: RunAgent knows exactly post and get.",
        InConfig(("method",)),
        repair=repair,
    )


RULE = Rule(
    "RA221",
    "webhook-method",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
