"""A placeholder in env_vars is not filled in.

## What it does
Finds `${NAME}` in the values of `env_vars`.

## Why is this bad
RunAgent never fills it in there. The agent sees the text `${NAME}`, and a real variable of that
name is overwritten by it.

## Example
```json
{"env_vars": {"API_KEY": "${API_KEY}"}}
```

## Use instead
```json
{"env_vars": {}}
```

## Fix
`"NAME": "${NAME}"` is removed, so that the variable of your shell is kept. What is put together
from other variables belongs into `.env`, where placeholders are filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.environment.env_entries import env_entries
from runagent_ls.rules.rule import InConfig, Issue, Remove, Repair, Rule

PLACEHOLDER: Final = re.compile(r"\$\{[A-Z_][A-Z0-9_]*(?:[:?+-][^}]*)?\}")
"""Names as of environment variables: a template of the agent's own has others."""


def _check(project: AgentProject) -> Iterator[Issue]:
    value = project.document.value
    env_vars = value.get("env_vars") if isinstance(value, dict) else None
    if not isinstance(env_vars, dict):
        return
    from_env = {entry.key for entry in env_entries(project.env_file or "")}
    for name, text in env_vars.items():
        if name in from_env or not isinstance(text, str) or not PLACEHOLDER.search(text):
            continue
        yield Issue(
            f"RunAgent does not fill in placeholders here: {name} will be this very text. Leave"
            f" {name} out to keep your shell's value, or write it into .env.",
            InConfig(("env_vars", name)),
            repair=_repair(name, text),
        )


def _repair(name: str, text: str) -> Repair | None:
    """Leave the variable out, when it is to have just the value that it has without."""
    if text != f"${{{name}}}":
        return None
    return Repair(f"Remove {name}", (Remove(("env_vars", name)),), safe=False)


RULE = Rule(
    "RA402",
    "literal-placeholder",
    "warning",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
