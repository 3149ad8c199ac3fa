"""The file differs in upper and lower case.

## What it does
Compares `file`, folder by folder, with the names on disk.

## Why is this bad
On Linux, where agents are served in the cloud, `Main.py` and `main.py` are two files. The agent
does not start there.

## Example
```json
{"file": "Main.py", "module": "greet", "tag": "greet"}
```

## Use instead
```json
{"file": "main.py", "module": "greet", "tag": "greet"}
```

## Fix
Written as on disk.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint, FileState
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    at, file = entrypoint.module_file, entrypoint.file
    if at is None or at.state is not FileState.CASE_DIFFERS:
        return
    actual = at.nearest[0]
    loads_here = at.source is not None
    message = f"The file is called {actual}, not {file}."
    if loads_here:
        message += " It loads on this machine and will not on Linux."
    edit = SetValue(("file",), actual)
    yield Issue(
        message,
        InConfig(("file",)),
        repair=Repair(f"Change to {actual}", (edit,)),
        severity="warning" if loads_here else None,
    )


RULE = Rule(
    "RA211",
    "file-case",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
