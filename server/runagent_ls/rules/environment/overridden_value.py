""".env overrides a value of env_vars.

## What it does
Compares the names in `env_vars` with those in `.env`.

## Why is this bad
The value of `.env` wins, so the one written here is never used.

## Example
```json
{"env_vars": {"MODE": "fast"}}
```

## Use instead
```json
{"env_vars": {}}
```

## Fix
The value that is not used is removed. `--fix` leaves that to you: others may have no `.env`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.environment.env_entries import env_entries
from runagent_ls.rules.rule import InConfig, InFile, Issue, Remove, Repair, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    value = project.document.value
    env_vars = value.get("env_vars") if isinstance(value, dict) else None
    if not isinstance(env_vars, dict) or not project.env_file or project.surroundings.env_error:
        return
    entries = {entry.key: entry for entry in env_entries(project.env_file)}
    for name, text in env_vars.items():
        entry = entries.get(name)
        if entry is None or entry.value is None or entry.value == text or "$" in entry.value:
            continue
        place = InFile(project.root / ".env", entry.span)
        yield Issue(
            f"{name} is also set in .env, which wins: the value here is not used.",
            InConfig(("env_vars", name)),
            related=((place, "The value that is used"),),
            repair=Repair(f"Remove {name} here", (Remove(("env_vars", name)),), safe=False),
        )


RULE = Rule(
    "RA403",
    "overridden-value",
    "information",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
