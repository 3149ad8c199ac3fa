"""The agent does not start.

## What it does
Passes on why the agent could not be verified or served, when no other rule has found an error.

## Why is this bad
Nothing of the agent can be called.

## Example
```sh
runagent-ls check --verify --ignore RA101     # and agent_id is missing
```

## Use instead
```sh
runagent-ls check --verify
```

## Fix
None: what is missing says the rule that was left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.faults import place_of, text_of
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    if project.observation is None:
        return
    seen = project.observation
    for fault in (seen.fault, *(it.fault for it in seen.entrypoints)):
        if fault is not None and fault.kind == "configuration":
            place = place_of(fault.steps[-1], project) if fault.steps else None
            advice = f" {fault.suggestion}" if fault.suggestion else ""
            yield Issue(
                f"The agent does not start: {text_of(fault)}{advice}", place or InConfig(())
            )


RULE = Rule(
    "RA323",
    "start-fails",
    "error",
    __doc__ or "",
    check_project=_check,
    needs_observation=True,
    last_resort=True,
    reads_broken_config=True,
)
