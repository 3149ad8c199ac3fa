"""The framework does not fit the kind of entrypoint.

## What it does
Finds webhook entrypoints in an agent whose framework is not `n8n`, and Python entrypoints in one
whose framework is.

## Why is this bad
The first does not start: `'WebHookEntryPoint' object has no attribute 'file'`. The second starts,
and every call fails.

## Example
```json
{"framework": "n8n", "agent_architecture": {"entrypoints": [
  {"file": "main.py", "module": "greet", "tag": "greet"}
]}}
```

## Use instead
```json
{"framework": "default", "agent_architecture": {"entrypoints": [
  {"file": "main.py", "module": "greet", "tag": "greet"}
]}}
```

## Fix
`n8n` is put in for webhook entrypoints, `default` for Python ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue
from runagent_ls.schema.facts import FRAMEWORKS


def _check(project: AgentProject) -> Iterator[Issue]:
    kinds = {entrypoint.kind for entrypoint in project.entrypoints}
    if project.framework not in FRAMEWORKS or len(kinds) != 1:
        return
    first = InConfig(project.entrypoints[0].path)
    if project.framework == "n8n" and kinds == {"python"}:
        message = "The framework n8n calls webhooks alone: every call of a Python function fails."
        better = "default"
    elif project.framework != "n8n" and kinds == {"webhook"}:
        message = (
            f"The framework {project.framework} runs Python functions: an agent with webhooks"
            " does not start unless its framework is n8n."
        )
        better = "n8n"
    else:
        return
    edit = SetValue(("framework",), better)
    yield Issue(
        message,
        InConfig(("framework",)),
        related=((first, "The first entrypoint"),),
        repair=Repair(f"Change to {better}", (edit,), safe=False),
    )


RULE = Rule(
    "RA220",
    "framework-mismatch",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
