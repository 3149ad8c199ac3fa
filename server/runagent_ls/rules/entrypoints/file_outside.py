"""The file lies outside the agent's folder, or its path is absolute.

## What it does
Finds `file` paths that lead out of the folder of the configuration or begin at the root of the
disk.

## Why is this bad
It works here. An upload packs the agent's folder alone, so the deployed agent has no such file.

## Example
```json
{"file": "../shared/main.py", "module": "greet", "tag": "greet"}
```

## Use instead
```json
{"file": "main.py", "module": "greet", "tag": "greet"}
```

## Fix
An absolute path into the agent's folder is made relative.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint, FileState
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    at, file = entrypoint.module_file, entrypoint.file
    if at is None or not file or (at.inside_project and not at.absolute):
        return
    if at.state is not FileState.FOUND:
        return
    if not at.inside_project:
        yield Issue(
            f"{file} lies outside the agent's folder: it works here, but is not uploaded.",
            InConfig(("file",)),
        )
        return
    relative = at.path.relative_to(project.root).as_posix()
    edit = SetValue(("file",), relative)
    yield Issue(
        "An absolute path works on this machine alone: write it from the agent's folder on.",
        InConfig(("file",)),
        repair=Repair(f"Change to {relative}", (edit,)),
    )


RULE = Rule(
    "RA213",
    "file-outside-project",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
