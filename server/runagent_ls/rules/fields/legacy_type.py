"""type instead of tag.

## What it does
Finds entrypoints in the form of older versions, with `type` and without `tag`.

## Why is this bad
`type` is ignored and `tag` is required: RunAgent refuses the configuration.

## Example
```json
{"file": "main.py", "module": "greet", "type": "generic_stream"}
```

## Use instead
```json
{"file": "main.py", "module": "greet", "tag": "generic_stream"}
```

## Fix
The key is renamed. The values `generic` and `generic_stream` are as good as tags.
Editors also offer to bring the whole configuration into today's form.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, RenameKey, Repair, Rule


def is_legacy_entrypoint(value: JsonValue, key: str | None) -> bool:
    """Whether `key` being `type` or lacking `tag` is the fault that this rule speaks of."""
    return (
        key in {"type", "tag"}
        and isinstance(value, dict)
        and "tag" not in value
        and isinstance(value.get("type"), str)
    )


def _check(project: AgentProject) -> Iterator[Issue]:
    untagged = [it for it in project.entrypoints if it.tag is None]
    taken = {it.tag for it in project.entrypoints} if untagged else set()
    for entrypoint in untagged:
        value = entrypoint.value
        if not is_legacy_entrypoint(value, "tag") or not isinstance(value, dict):
            continue
        key = InConfig((*entrypoint.path, "type"), "key")
        rename = Repair('Rename to "tag"', (RenameKey(key.path, "tag"),))
        repair = None if value["type"] in taken else rename
        taken.add(str(value["type"]))
        yield Issue(
            "type is the name of older versions. RunAgent ignores it and refuses the entrypoint"
            " for its missing tag.",
            key,
            repair=repair,
        )


RULE = Rule(
    "RA110",
    "legacy-type",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
