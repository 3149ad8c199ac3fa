r""".env cannot be read.

## What it does
Tells that `.env` is there but is closed to you, too large, or not saved as UTF-8.

## Why is this bad
RunAgent reads it at every start and stops with `Error loading .env file`.

## Example
```ini
API_KEY=caf\xe9
```

## Use instead
```ini
API_KEY=café
```

## Fix
None: save the file again as UTF-8.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InFile, Issue, Rule
from runagent_ls.text.position import Span


def _check(project: AgentProject) -> Iterator[Issue]:
    error = project.surroundings.env_error
    if error is not None:
        yield Issue(
            f".env cannot be read, so the agent does not start: {error}",
            InFile(project.root / ".env", Span(0, 0)),
        )


RULE = Rule(
    "RA405",
    "unreadable-env",
    "error",
    __doc__ or "",
    check_project=_check,
)
