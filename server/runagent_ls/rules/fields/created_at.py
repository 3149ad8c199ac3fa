"""created_at is no date that RunAgent can read.

## What it does
Reads `created_at` as RunAgent does.

## Why is this bad
A date in another form is replaced by the current time without a word, at every start.

## Example
```json
{"created_at": "25/06/2025"}
```

## Use instead
```json
{"created_at": "2025-06-25T13:42:03"}
```

## Fix
None.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    value = project.document.value
    found = value.get("created_at") if isinstance(value, dict) else None
    if isinstance(found, str) and not _is_date(found):
        yield Issue(
            f"{found!r} is not an ISO 8601 date, so RunAgent silently uses the current time."
            " Write it like 2025-06-25T13:42:03.",
            InConfig(("created_at",)),
        )


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


RULE = Rule(
    "RA106",
    "unreadable-date",
    "warning",
    __doc__ or "",
    check_project=_check,
)
