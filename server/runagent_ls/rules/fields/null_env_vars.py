"""env_vars is null.

## What it does
Finds `"env_vars": null`.

## Why is this bad
The configuration loads, then `serve` stops with `'NoneType' object has no attribute 'items'`.

## Example
```json
{"env_vars": null}
```

## Use instead
```json
{"env_vars": {}}
```

## Fix
Replaced by `{}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(project: AgentProject) -> Iterator[Issue]:
    value = project.document.value
    if isinstance(value, dict) and "env_vars" in value and value["env_vars"] is None:
        yield Issue(
            "env_vars is null: the agent would load, but not start. Write {} or leave it out.",
            InConfig(("env_vars",)),
            repair=Repair("Replace by {}", (SetValue(("env_vars",), {}),)),
        )


RULE = Rule(
    "RA108",
    "null-env-vars",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
