"""Code of the agent ends its process.

## What it does
Tells how the process ended when the agent was verified or served: an exit that no exception
announces, a fault in compiled code, memory that ran out.

## Why is this bad
The agent does not start, or is gone. The platform's server ends with it, without a message.

## Example
```python
import os
os._exit(1)
```

## Use instead
```python
raise RuntimeError("the model is not there")
```

## Fix
None: why the process ended is told, not what it should have done instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.faults import faults, issue, text_of
from runagent_ls.rules.rule import Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    known = {found.file for startup in project.surroundings.startup for found in startup.exits}
    for entrypoint, fault in faults(project, "died"):
        at = entrypoint.module_file.path if entrypoint.module_file is not None else None
        if not fault.steps and at in known and (fault.exit_code or 0) >= 0:
            continue
        # Of the agent as a whole it is not known that it was importing a file.
        whole = project.observation is not None and fault is project.observation.fault
        importing = "" if whole else f" It was importing {entrypoint.file}."
        yield issue(f"{text_of(fault)}{importing}", entrypoint, fault, project)


RULE = Rule(
    "RA322",
    "process-ends",
    "error",
    __doc__ or "",
    check_project=_check,
    needs_observation=True,
)
