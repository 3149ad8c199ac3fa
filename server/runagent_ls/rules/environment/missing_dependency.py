"""A package that the agent imports is not installed.

## What it does
Tells which import found no module when the agent was verified or served, and the command that
installs the package into the agent's Python.

## Why is this bad
The agent does not start: `No module named 'requests'`. Only what `requirements.txt` names is
installed when the platform's server starts.

## Example
```python
import requests              # not installed
```

## Use instead
```sh
.venv/bin/python -m pip install requests
```

## Fix
None: run the command that the finding names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as FilePath

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.project.model import AgentProject
from runagent_ls.project.objects import nearest
from runagent_ls.project.observation import Fault, Observation
from runagent_ls.rules.faults import faults, issue, shown
from runagent_ls.rules.rule import Issue, Rule
from runagent_ls.text.command_line import command_line


def _check(project: AgentProject) -> Iterator[Issue]:
    seen = project.observation
    if seen is None:
        return
    for entrypoint, fault in faults(project, "missing"):
        at = fault.steps[-1].file if fault.steps else None
        name = shown(at, project) if at is not None else entrypoint.file
        message = (
            f"{name} imports {fault.missing}, {_why(fault, at, project, seen)}, so the agent does"
            f" not start.{_advice(fault, at, project, seen)}"
        )
        data: dict[str, JsonValue] = {"module": fault.missing, "command": list(fault.install)}
        yield replace(issue(message, entrypoint, fault, project), data=data)


def _why(fault: Fault, at: FilePath | None, project: AgentProject, seen: Observation) -> str:
    module = fault.missing or ""
    owner, _, part = module.rpartition(".")
    if owner in _modules_beside(at, project):
        return f"but {owner} has no {part}"
    if owner:
        return f"but the {owner} that is there has no {part}"
    python = shown(seen.interpreter, project)
    if module in sys.stdlib_module_names:
        return f"which is not a part of Python {seen.python or ''} at {python}"
    return f"which is not installed in {python}"


def _advice(fault: Fault, at: FilePath | None, project: AgentProject, seen: Observation) -> str:
    advice = ""
    module = fault.missing or ""
    close = nearest(module, _modules_beside(at, project)) if "." not in module else ()
    if close:
        advice += f" Did you mean {' or '.join(close)}?"
    elif fault.install:
        advice += f" Run: {command_line(fault.install)}"
    for environment in seen.broken_environments:
        advice += f" {shown(environment, project)} was passed over: its Python is gone."
    return advice


def _modules_beside(at: FilePath | None, project: AgentProject) -> list[str]:
    """Names that the file at `at` may import from its own folder or from the agent's."""
    folders = [project.root] if at is None else [at.parent, project.root]
    if project.files is None:
        return []
    entries = [entry for folder in folders for entry in project.files.listing(folder)]
    modules = [entry.name[:-3] for entry in entries if entry.name.endswith(".py")]
    return [*modules, *(it.name for it in entries if it.is_folder and it.name.isidentifier())]


RULE = Rule(
    "RA420",
    "missing-dependency",
    "error",
    __doc__ or "",
    check_project=_check,
    needs_observation=True,
)
