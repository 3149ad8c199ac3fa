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
Written in ISO 8601, when only one day can be meant: `25/06/2025` can, `05/06/2025` cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue

FORMS: Final = tuple(
    f"{date}{time}"
    for date in (
        "%Y/%m/%d",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%d.%m.%Y",
        "%B %d, %Y",
        "%d %B %Y",
        "%b %d, %Y",
    )
    for time in ("", " %H:%M", " %H:%M:%S")
)
"""Of days and months that can be read both ways none is chosen."""


def _check(project: AgentProject) -> Iterator[Issue]:
    value = project.document.value
    found = value.get("created_at") if isinstance(value, dict) else None
    if isinstance(found, str) and not _is_date(found):
        yield Issue(
            f"{found!r} is not an ISO 8601 date, so RunAgent silently uses the current time."
            " Write it like 2025-06-25T13:42:03.",
            InConfig(("created_at",)),
            repair=_repair(found),
        )


def _repair(text: str) -> Repair | None:
    """The same moment as RunAgent reads it, when there is one moment alone that is meant."""
    moments = {moment for form in FORMS for moment in _read(text.strip(), form)}
    if len(moments) != 1:
        return None
    written = moments.pop().isoformat()
    return Repair(f"Write {written}", (SetValue(("created_at",), written),))


def _read(text: str, form: str) -> Iterator[datetime]:
    try:
        yield datetime.strptime(text, form)
    except ValueError:
        return


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
    fixable=True,
)
