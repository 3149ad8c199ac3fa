"""A field is not known.

## What it does
Finds keys that RunAgent does not read, and names the known key that comes closest.

## Why is this bad
Unknown keys are dropped without a word. A misspelt key has no effect, and the right one stays
missing.

## Example
```json
{"enviroment": {}, "env_var": {"MODE": "fast"}}
```

## Use instead
```json
{"env_vars": {"MODE": "fast"}}
```

## Fix
A misspelt key is renamed, unless the right one is there already. Any other is removed; that is not
done by `--fix`, since someone else may read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.jsontree.document import Path
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.fields.legacy_type import is_legacy_entrypoint
from runagent_ls.rules.fields.places import value_at
from runagent_ls.rules.rule import InConfig, Issue, Remove, RenameKey, Repair, Rule

NOTES: Final = re.compile(r"^(?:\$|_|//|#|x-|comment)", re.IGNORECASE)
"""Keys by which people leave notes; nobody expects them to have an effect."""


def _check(project: AgentProject) -> Iterator[Issue]:
    for problem in project.schema_problems:
        key = problem.key or (problem.path[-1] if problem.path else None)
        if problem.kind != "unknown-key" or not isinstance(key, str) or NOTES.match(key):
            continue
        if is_legacy_entrypoint(value_at(project, problem.path[:-1]), key):
            continue
        free = problem.nearest is not None and not _has(project, problem.path, problem.nearest)
        if problem.nearest is not None and free:
            edit = RenameKey(problem.path, problem.nearest)
            repair = Repair(f"Rename to {problem.nearest}", (edit,))
        else:
            repair = Repair(f"Remove {key}", (Remove(problem.path),), safe=False)
        yield Issue(
            problem.message,
            InConfig(problem.path, "key"),
            repair=repair,
            severity="warning" if free else None,
        )


def _has(project: AgentProject, path: Path, key: str) -> bool:
    owner = value_at(project, path[:-1])
    return isinstance(owner, dict) and key in owner


RULE = Rule(
    "RA103",
    "unknown-field",
    "information",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
