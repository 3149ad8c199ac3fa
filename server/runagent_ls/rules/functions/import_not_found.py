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
The only name that comes close is imported, `as` the wrong one when that is used further down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject, MissingImport
from runagent_ls.rules.rule import InConfig, InFile, Issue, Repair, Replacement, Rule
from runagent_ls.text.position import Span

ALIAS: Final = re.compile(r"\s+as\s+(?P<name>\w+)")


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
            repair=_repair(found, project),
        )


def _repair(found: MissingImport, project: AgentProject) -> Repair | None:
    """Import the only name that comes close, under the name by which the file uses it."""
    source = project.sources.get(found.file)
    if len(found.nearest) != 1 or source is None:
        return None
    better, text = found.nearest[0], source.text
    if text[found.span.start : found.span.end] != found.name:
        return None
    alias = ALIAS.match(text, found.span.end)
    span, written = found.span, better
    if alias is not None and alias["name"] == better:
        span = Span(span.start, alias.end())
    elif alias is None and len(re.findall(rf"\b{re.escape(found.name)}\b", text)) > 1:
        written = f"{better} as {found.name}"
    edit = Replacement(InFile(found.file, span), written)
    return Repair(f"Import {written}", (edit,), safe=False)


RULE = Rule(
    "RA308",
    "import-not-found",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
