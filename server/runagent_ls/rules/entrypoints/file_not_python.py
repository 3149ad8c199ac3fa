"""The file of an entrypoint is no Python file.

## What it does
Finds a `file` that is a folder or does not end in `.py`.

## Why is this bad
The agent does not start: `Entry point must be a Python file`.

## Example
```json
{"file": "main", "module": "greet", "tag": "greet"}
```

## Use instead
```json
{"file": "main.py", "module": "greet", "tag": "greet"}
```

## Fix
The only Python file that comes close is put in.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint, FileState
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    at, file = entrypoint.module_file, entrypoint.file
    if at is None or not file or at.state not in {FileState.NOT_PYTHON, FileState.DIRECTORY}:
        return
    what = "is a folder" if at.state is FileState.DIRECTORY else "does not end in .py"
    message = f"{file} {what}: RunAgent needs a Python file here."
    if at.nearest:
        message += f" Did you mean {' or '.join(at.nearest)}?"
    repair = None
    if len(at.nearest) == 1:
        edit = SetValue(("file",), at.nearest[0])
        repair = Repair(f"Change to {at.nearest[0]}", (edit,), safe=False)
    yield Issue(message, InConfig(("file",)), repair=repair)


RULE = Rule(
    "RA212",
    "file-not-python",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
