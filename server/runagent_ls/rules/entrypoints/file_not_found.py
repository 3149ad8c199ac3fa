"""The file of an entrypoint is not there.

## What it does
Looks for `file` in the agent's folder and names the Python files that come closest.

## Why is this bad
The agent does not start: `Entry point file not found`.

## Example
```json
{"file": "mian.py", "module": "greet", "tag": "greet"}
```

## Use instead
```json
{"file": "main.py", "module": "greet", "tag": "greet"}
```

## Fix
The only file that comes close is put in. Editors also offer to create the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint, FileState
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    at, file = entrypoint.module_file, entrypoint.file
    if at is None or not file or at.state not in {FileState.MISSING, FileState.UNREADABLE}:
        return
    if at.state is FileState.UNREADABLE:
        yield Issue(f"{file} cannot be read.", InConfig(("file",)))
        return
    place = "the agent's folder" if at.inside_project else str(at.path.parent)
    message = f"{file} is not there: looked in {place}."
    if "\\" in file:
        message = f"{file} is not there: a backslash separates folders on Windows only. Write /."
    elif at.nearest:
        message += f" Did you mean {' or '.join(at.nearest)}?"
    repair = None
    if len(at.nearest) == 1:
        edit = SetValue(("file",), at.nearest[0])
        repair = Repair(f"Change to {at.nearest[0]}", (edit,), safe=False)
    yield Issue(message, InConfig(("file",)), repair=repair, data={"nearest": list(at.nearest)})


RULE = Rule(
    "RA210",
    "file-not-found",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
