"""A line of .env has no equals sign.

## What it does
Reads `.env` as python-dotenv does and looks for names without `=`.

## Why is this bad
Such a name has the value null, which no variable may have. RunAgent refuses the whole
configuration.

## Example
```ini
API_KEY
```

## Use instead
```ini
API_KEY=
```

## Fix
An equals sign is put behind the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.environment.env_entries import env_entries
from runagent_ls.rules.rule import InFile, Issue, Repair, Replacement, Rule
from runagent_ls.text.position import Span


def _check(project: AgentProject) -> Iterator[Issue]:
    if not project.env_file or project.surroundings.env_error:
        return
    entries = env_entries(project.env_file)
    last = {entry.key: entry for entry in entries}
    for entry in last.values():
        if entry.value is None:
            place = InFile(project.root / ".env", entry.span)
            end = InFile(place.file, Span(entry.span.end, entry.span.end))
            yield Issue(
                f"{entry.key} has no = behind it, and RunAgent refuses the whole agent for that."
                f" Write {entry.key}= for an empty value.",
                place,
                repair=Repair("Insert =", (Replacement(end, "="),)),
            )


RULE = Rule(
    "RA404",
    "env-line-without-value",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
