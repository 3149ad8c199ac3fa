"""A required field is missing.

## What it does
Names each field that the configuration, its `template_source` or an entrypoint must have and has
not.

## Why is this bad
RunAgent refuses the configuration. Examples and older agents often lack `agent_id`.

## Example
```json
{"agent_name": "demo", "framework": "default"}
```

## Use instead
```json
{
  "agent_name": "demo",
  "description": "Greets people",
  "framework": "default",
  "template": "",
  "version": "1.0.0",
  "created_at": "2025-06-25T13:42:03",
  "template_source": {"repo_url": "", "author": "", "path": ""},
  "agent_architecture": {"entrypoints": [{"file": "main.py", "module": "greet", "tag": "greet"}]},
  "agent_id": "11111111-2222-4333-8444-555555555555"
}
```

## Fix
The field is inserted with a value that loads: a fresh `agent_id` (register the agent then), the
framework `default`, empty texts. What an entrypoint is to name only you know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.jsontree.document import JsonValue, Path
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.fields.agent_ids import fresh_agent_id
from runagent_ls.rules.fields.legacy_type import is_legacy_entrypoint
from runagent_ls.rules.fields.places import anchor, value_at
from runagent_ls.rules.rule import Insert, Issue, Repair, Rule

PLAIN_VALUES: Final[dict[str, JsonValue]] = {
    "agent_name": "",
    "description": "",
    "framework": "default",
    "template": "",
    "version": "1.0.0",
    "template_source": {"repo_url": "", "author": "", "path": ""},
}


ORDER: Final = (
    "agent_name",
    "description",
    "framework",
    "template",
    "version",
    "created_at",
    "template_source",
    "agent_architecture",
    "agent_id",
)
"""In which RunAgent writes the fields."""


def _repair(project: AgentProject, path: Path, key: str) -> Repair | None:
    """The field with a value that loads, behind the one that stands in front of it elsewhere."""
    owner = value_at(project, path)
    if not isinstance(owner, dict):
        return None
    if path == ("template_source",):
        value: JsonValue = ""
    elif path:
        return None
    elif key == "agent_id":
        value = fresh_agent_id(project.config_path)
    elif key in PLAIN_VALUES:
        value = PLAIN_VALUES[key]
    else:
        return None
    in_front = ORDER[: ORDER.index(key)] if key in ORDER else ()
    after = next((it for it in reversed(in_front) if it in owner), None)
    return Repair(f"Insert {key}", (Insert(path, key, value, after),), safe=False)


def _check(project: AgentProject) -> Iterator[Issue]:
    for problem in project.schema_problems:
        owner = value_at(project, problem.path)
        if problem.kind != "missing" or is_legacy_entrypoint(owner, problem.key):
            continue
        repair = _repair(project, problem.path, problem.key) if problem.key else None
        yield Issue(
            problem.message,
            anchor(project, problem.path),
            repair=repair,
            severity=None if problem.refused else "warning",
            data={"key": problem.key},
        )


RULE = Rule(
    "RA101",
    "missing-field",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
