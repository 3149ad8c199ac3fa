"""Two entrypoints have the same tag.

## What it does
Compares the tags of all entrypoints, exactly as RunAgent does.

## Why is this bad
The tag is how an entrypoint is called. RunAgent refuses a configuration with the same tag twice.

## Example
```json
{"entrypoints": [
  {"file": "main.py", "module": "greet", "tag": "greet"},
  {"file": "main.py", "module": "part", "tag": "greet"}
]}
```

## Use instead
```json
{"entrypoints": [
  {"file": "main.py", "module": "greet", "tag": "greet"},
  {"file": "main.py", "module": "part", "tag": "part"}
]}
```

## Fix
None.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    tags = [entrypoint.tag for entrypoint in project.entrypoints]
    if len(set(tags)) == len(tags):
        return
    first: dict[str, Entrypoint] = {}
    for entrypoint in project.entrypoints:
        if entrypoint.tag is None:
            continue
        known = first.setdefault(entrypoint.tag, entrypoint)
        if known is not entrypoint:
            yield Issue(
                f"The tag {entrypoint.tag!r} is taken: each entrypoint needs a tag of its own.",
                InConfig((*entrypoint.path, "tag")),
                related=((InConfig((*known.path, "tag")), "First used here"),),
            )


RULE = Rule(
    "RA201",
    "duplicate-tag",
    "error",
    __doc__ or "",
    check_project=_check,
)
