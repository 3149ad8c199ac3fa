"""agent_id is the placeholder of the templates.

## What it does
Finds the identifier `00000000-0000-0000-0000-000000000000`.

## Why is this bad
All agents made from a template carry it. Registered ones then stand in each other's way: RunAgent
tells agents apart by this value alone.

## Example
```json
{"agent_id": "00000000-0000-0000-0000-000000000000"}
```

## Use instead
```json
{"agent_id": "5f0c7a1e-3c55-4a0b-9d3e-0b1d8a6f2c11"}
```

## Fix
A fresh identifier is put in. Register the agent afterwards with `runagent config --register-agent
.`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.fields.agent_ids import fresh_agent_id
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue

PLACEHOLDER: Final = "00000000-0000-0000-0000-000000000000"


def _check(project: AgentProject) -> Iterator[Issue]:
    if project.agent_id != PLACEHOLDER:
        return
    edit = SetValue(("agent_id",), fresh_agent_id(project.config_path))
    yield Issue(
        "agent_id is the placeholder that every template has. Agents with the same identifier"
        " cannot be told apart: give this one its own UUID and register it.",
        InConfig(("agent_id",)),
        repair=Repair("Insert a fresh agent_id", (edit,), safe=False),
    )


RULE = Rule(
    "RA107",
    "placeholder-agent-id",
    "warning",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
