"""The agent has no entrypoints.

## What it does
Finds an `agent_architecture` that is missing, null, or has an empty list of entrypoints.

## Why is this bad
The configuration loads, but `serve` refuses it: there is nothing to call.

## Example
```json
{"agent_architecture": {"entrypoints": []}}
```

## Use instead
```json
{"agent_architecture": {"entrypoints": [{"file": "main.py", "module": "greet", "tag": "greet"}]}}
```

## Fix
None here: editors offer to expose a function at its name in the Python file.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.fields.places import anchor
from runagent_ls.rules.rule import InConfig, Issue, Rule
from runagent_ls.schema.entrypoints import ENTRYPOINTS
from runagent_ls.schema.facts import LATER_FRAMEWORKS


def _check(project: AgentProject) -> Iterator[Issue]:
    value = project.document.value
    if not isinstance(value, dict) or not value:
        return
    if project.framework in LATER_FRAMEWORKS:
        return  # their agents may go without, in the versions that know them
    architecture = value.get("agent_architecture")
    where = InConfig(("agent_architecture",), "key")
    if architecture is None and "agent_architecture" not in value:
        place = anchor(project, ())
    elif architecture is None:
        place = where
    elif isinstance(architecture, dict) and architecture.get("entrypoints") == []:
        place = InConfig(ENTRYPOINTS)
    else:
        return
    yield Issue(
        "No entrypoints: RunAgent does not serve an agent without one. Add"
        ' {"file": "main.py", "module": "...", "tag": "..."} to agent_architecture.entrypoints.',
        place,
    )


RULE = Rule(
    "RA111",
    "no-entrypoints",
    "error",
    __doc__ or "",
    check_project=_check,
)
