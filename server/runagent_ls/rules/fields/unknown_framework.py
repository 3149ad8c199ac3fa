"""The framework is not one that RunAgent knows.

## What it does
Compares `framework` with the names that RunAgent 0.1.49 takes: `default`, `ag2`, `agno`,
`autogen`, `crewai`, `langchain`, `langgraph`, `letta`, `llamaindex`, `openai`, `n8n` and
`parlant`.

## Why is this bad
The comparison is exact, with upper and lower case. `custom` stands in the documentation and is
refused.

## Example
```json
{"framework": "LangGraph"}
```

## Use instead
```json
{"framework": "langgraph"}
```

## Fix
`custom` becomes `default`, another spelling becomes the known name.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue
from runagent_ls.schema.facts import FRAMEWORKS, LATER_FRAMEWORKS


def _check(project: AgentProject) -> Iterator[Issue]:
    found = project.framework
    if found is None or found in FRAMEWORKS:
        return
    nearest, repair = _nearest(found), None
    if found in LATER_FRAMEWORKS:
        message = f"RunAgent 0.1.49 does not know the framework {found}: only later versions do."
    else:
        message = f"{found!r} is no framework that RunAgent knows."
        if nearest is not None:
            message += f" Did you mean {nearest}?"
            edit = SetValue(("framework",), nearest)
            repair = Repair(f"Change to {nearest}", (edit,))
        else:
            message += f" It takes {', '.join(FRAMEWORKS)}."
    yield Issue(message, InConfig(("framework",)), repair=repair, data={"nearest": nearest})


def _nearest(found: str) -> str | None:
    plain = found.strip().casefold().replace("-", "").replace("_", "").replace(" ", "")
    if plain in {"custom", "generic", "none", "python", "other"}:
        return "default"
    if found in LATER_FRAMEWORKS:
        return None
    close = get_close_matches(plain, list(FRAMEWORKS), n=1, cutoff=0.7)
    return close[0] if close else None


RULE = Rule(
    "RA105",
    "unknown-framework",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
