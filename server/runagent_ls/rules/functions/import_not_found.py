"""A file of the project lacks a name that is imported from it.

## What it does
Follows `from helper import name` at the top level of an entrypoint's file to the file of the
project that it reads, and looks for the name there.

## Why is this bad
The agent does not start: `cannot import name 'gret' from 'helper'`.

## Example
```python
from helper import gret      # helper.py defines greet
```

## Use instead
```python
from helper import greet
```

## Fix
None: the name may be used further down.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, InFile, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    for found in project.missing_imports:
        entrypoint = project.entry_files.get(found.file)
        if entrypoint is None:
            continue
        message = (
            f"{found.module} does not define {found.name}, so the import fails and the agent does"
            " not start."
        )
        if found.nearest:
            message += f" Did you mean {' or '.join(found.nearest)}?"
        yield Issue(
            message,
            InConfig((*entrypoint.path, "file")),
            twin=InFile(found.file, found.span),
            twin_text="The import that fails",
            place_text="The entrypoint that needs it",
            data={"nearest": list(found.nearest)},
        )


RULE = Rule(
    "RA308",
    "import-not-found",
    "error",
    __doc__ or "",
    check_project=_check,
)
