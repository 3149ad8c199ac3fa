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
from runagent_ls.rules.rule import InConfig, Issue, Repair, Replacement, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    value = project.document.value
    if isinstance(value, dict) and "env_vars" in value and value["env_vars"] is None:
        yield Issue(
            "env_vars is null: the agent would load, but not start. Write {} or leave it out.",
            InConfig(("env_vars",)),
            repair=_repair(project),
        )


def _repair(project: AgentProject) -> Repair:
    span = project.document.span(("env_vars",))
    if span.start < span.end:
        edit = Replacement(InConfig(("env_vars",)), "{}")
    else:  # in YAML null may be written as nothing at all, right behind the colon
        edit = Replacement(InConfig(("env_vars",), "property"), "env_vars: {}")
    return Repair("Replace by {}", (edit,))


RULE = Rule(
    "RA108",
    "null-env-vars",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
