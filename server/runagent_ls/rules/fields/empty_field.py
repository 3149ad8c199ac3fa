"""A field that needs a value is empty.

## What it does
Finds `agent_id`, `framework`, `file`, `module` and `webhook_url` with nothing in them.

## Why is this bad
The loader takes most of them, but the agent does not start or the call fails.

## Example
```json
{"agent_id": ""}
```

## Use instead
```json
{"agent_id": "11111111-2222-4333-8444-555555555555"}
```

## Fix
An empty `agent_id` is replaced by a fresh identifier; the agent must then be registered. What the
other fields are to name only you know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.fields.agent_ids import fresh_agent_id
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue

REASONS: Final = {
    "agent_id": "agent_id is empty. RunAgent does not serve or upload an agent without an"
    " identifier: put a UUID here and register the agent.",
    "file": "file is empty. Name the Python file of this entrypoint, such as main.py.",
    "module": "module is empty. Name the function of this entrypoint as it stands in the file.",
    "webhook_url": "webhook_url is empty. Give the address that n8n shows for the webhook.",
}


def _check(project: AgentProject) -> Iterator[Issue]:
    value = project.document.value
    if not isinstance(value, dict):
        return
    if value.get("agent_id") == "":
        edit = SetValue(("agent_id",), fresh_agent_id(project.config_path))
        repair = Repair("Insert a fresh agent_id", (edit,), safe=False)
        yield Issue(REASONS["agent_id"], InConfig(("agent_id",)), repair=repair)


def _check_entrypoint(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    keys = ("file", "module") if entrypoint.kind == "python" else ("webhook_url",)
    for key in keys:
        if isinstance(entrypoint.value, dict) and entrypoint.value.get(key) == "":
            yield Issue(REASONS[key], InConfig((key,)))


RULE = Rule(
    "RA104",
    "empty-field",
    "error",
    __doc__ or "",
    check_project=_check,
    check_entrypoint=_check_entrypoint,
    fixable=True,
)
