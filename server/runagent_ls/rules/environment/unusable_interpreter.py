"""The agent's Python does not start.

## What it does
Tells why the agent could not be verified or served with the Python that was chosen for it.

## Why is this bad
Nothing of the agent can be run.

## Example
```sh
runagent-ls check --verify --interpreter old/bin/python     # Python 3.8
```

## Use instead
```sh
runagent-ls check --verify --interpreter .venv/bin/python   # Python 3.9 or newer
```

## Fix
None: choose another Python, or make the environment anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.faults import faults, issue, text_of
from runagent_ls.rules.rule import Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    for entrypoint, fault in faults(project, "interpreter"):
        advice = f" {fault.suggestion}" if fault.suggestion else ""
        yield issue(f"{text_of(fault)}{advice}", entrypoint, fault, project)


RULE = Rule(
    "RA421",
    "unusable-interpreter",
    "error",
    __doc__ or "",
    check_project=_check,
    needs_observation=True,
)
