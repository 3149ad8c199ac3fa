"""A file fails while it is imported.

## What it does
Tells which line raised an exception when the agent was verified or served.

## Why is this bad
The agent does not start. The platform's server gives the text of the exception alone, without
file and line.

## Example
```python
import os
KEY = os.environ["OPENAI_API_KEY"]     # the variable is not set
```

## Use instead
```python
import os
KEY = os.environ["OPENAI_API_KEY"]     # with OPENAI_API_KEY=... in .env
```

## Fix
None: the line says what it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject
from runagent_ls.project.observation import Fault
from runagent_ls.rules.faults import faults, issue, shown, text_of
from runagent_ls.rules.rule import Issue, Rule

_VARIABLE: Final = re.compile(r"'([A-Za-z_][A-Za-z0-9_]*)'")


def _check(project: AgentProject) -> Iterator[Issue]:
    known = {found.file for found in project.missing_imports}
    for entrypoint, fault in faults(project, "raised"):
        at = fault.steps[-1].file if fault.steps else None
        if fault.exception == "ImportError" and at in known:
            continue
        name = shown(at, project) if at is not None else entrypoint.file
        said = ": ".join(part for part in (fault.exception, text_of(fault)) if part)
        yield issue(
            f"{name} fails while it is imported, so the agent does not start: {said}."
            f"{_advice(fault)}",
            entrypoint,
            fault,
            project,
        )


def _advice(fault: Fault) -> str:
    name = _VARIABLE.fullmatch(fault.message)
    line = fault.steps[-1].text if fault.steps else None
    if fault.exception == "KeyError" and name is not None and "environ" in (line or ""):
        return f" Put {name[1]} into .env."
    return ""


RULE = Rule(
    "RA320",
    "import-fails",
    "error",
    __doc__ or "",
    check_project=_check,
    needs_observation=True,
)
