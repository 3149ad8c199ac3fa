"""A file does not come to an end while it is imported.

## What it does
Tells where the agent stood when it was verified or served and the time for importing it was over.

## Why is this bad
The agent does not start. The platform's server waits for ever and says nothing.

## Example
```python
answer = input("Continue? ")
```

## Use instead
```python
def ask():
    return input("Continue? ")
```

## Fix
None: what waits for something belongs into a function.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.faults import faults, issue, text_of
from runagent_ls.rules.rule import Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    for entrypoint, fault in faults(project, "timeout"):
        text = fault.steps[-1].text if fault.steps else None
        where = f" It stood at: {text}" if text else ""
        yield issue(f"{text_of(fault)}{where}", entrypoint, fault, project)


RULE = Rule(
    "RA321",
    "import-hangs",
    "error",
    __doc__ or "",
    check_project=_check,
    needs_observation=True,
)
