"""Starting the agent runs other people's files.

## What it does
Works out the folder whose Python files RunAgent runs when it loads an entrypoint, and looks there
for virtual environments and for other agents.

## Why is this bad
RunAgent takes the nearest folder, up to four above the file, that holds `__init__.py`,
`setup.py`, `pyproject.toml`, `requirements.txt`, `.git`, `Pipfile` or `poetry.lock`, and loads
every `.py` below it. A virtual environment there makes the start slow; other agents are run as
well.

## Example
```text
repository/.git
repository/first/main.py  runagent.config.json
repository/second/main.py  runagent.config.json
```

## Use instead
```text
repository/.git
repository/first/main.py  runagent.config.json  pyproject.toml
repository/second/main.py  runagent.config.json  pyproject.toml
```

## Fix
None: an empty `pyproject.toml` in the agent's folder makes it the folder that counts. Keep
virtual environments outside, or in a folder with a leading dot.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from runagent_ls.project.model import AgentProject, StartupFolder
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    for startup in project.surroundings.startup:
        others = [it for it in startup.agents if it != project.root]
        place = _place(project, startup)
        if startup.environments:
            yield Issue(
                f"Starting this agent reads every file of {_named(startup.environments, startup)},"
                f" because RunAgent loads all Python files below {_shown(startup, project)}. Move"
                " it out, or into a folder with a leading dot.",
                place,
            )
        if others:
            yield Issue(
                f"Starting this agent also runs the files of {_named(tuple(others), startup)},"
                f" because RunAgent loads all Python files below {_shown(startup, project)}. An"
                " empty pyproject.toml in this agent's folder prevents it.",
                place,
            )


def _named(folders: tuple[FilePath, ...], startup: StartupFolder) -> str:
    names = sorted(it.relative_to(startup.folder).as_posix() or "." for it in folders)
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _shown(startup: StartupFolder, project: AgentProject) -> str:
    if startup.folder == project.root:
        return "the agent's folder"
    return f"{startup.folder.name} ({startup.marker} is there)"


def _place(project: AgentProject, startup: StartupFolder) -> InConfig:
    for entrypoint in project.entrypoints:
        at = entrypoint.module_file
        if at is not None and at.path.is_relative_to(startup.folder):
            return InConfig((*entrypoint.path, "file"))
    return InConfig(("agent_architecture",), "key")


RULE = Rule(
    "RA410",
    "runs-at-start",
    "warning",
    __doc__ or "",
    check_project=_check,
)
