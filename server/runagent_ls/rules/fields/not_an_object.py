"""The configuration is no object, or an empty one.

## What it does
Finds a configuration whose outermost value is a list, a text, a number, null or `{}`.

## Why is this bad
RunAgent calls `{}`, `[]` and `null` empty, and stops with an error of Python at the others.

## Example
```json
["agent_name", "demo"]
```

## Use instead
```json
{"agent_name": "demo"}
```

## Fix
None: what the agent is called and does only you know.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.jsontree.document import Missing
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    value = project.document.value
    if isinstance(value, Missing):
        return
    if not value and not isinstance(value, bool | int | float):
        yield Issue("The configuration is empty: RunAgent refuses it.", InConfig(()))
    elif not isinstance(value, dict):
        yield Issue("The configuration must be an object with fields in braces.", InConfig(()))


RULE = Rule(
    "RA112",
    "not-an-object",
    "error",
    __doc__ or "",
    check_project=_check,
)
