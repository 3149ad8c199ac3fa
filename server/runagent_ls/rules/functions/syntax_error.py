"""The file of an entrypoint has a syntax error.

## What it does
Reads the Python file as the interpreter would, without running it. When the agent was verified or
served, also tells what its own Python could not read, in files that are imported as well.

## Why is this bad
The agent does not start: `invalid syntax (main.py, line 1)`.

## Example
```python
def greet(:
    return 'hi'
```

## Use instead
```python
def greet():
    return 'hi'
```

## Fix
None: what the line was to say only you know.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.faults import faults, issue, shown, text_of
from runagent_ls.rules.rule import InConfig, InFile, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    named = project.entry_files
    for path, source in project.sources.items():
        error = source.syntax_error
        if error is None or error.newer_python:
            continue
        here = InFile(path, error.span)
        if path not in named:
            continue
        entrypoint = named[path]
        yield Issue(
            f"{path.name} has a syntax error, so the agent does not start: {error.message}",
            here,
            related=((InConfig((*entrypoint.path, "file")), "The entrypoint that needs it"),),
        )
        yield Issue(
            f"{entrypoint.file} has a syntax error, so the agent does not start: {error.message}",
            InConfig((*entrypoint.path, "file")),
            related=((here, error.message),),
        )
    yield from _observed(project)


def _observed(project: AgentProject) -> Iterator[Issue]:
    for entrypoint, fault in faults(project, "syntax"):
        file = fault.steps[-1].file
        source = project.sources.get(file)
        known = source.syntax_error if source is not None else None
        if file in project.entry_files and known is not None and not known.newer_python:
            continue
        python = project.observation.python if project.observation is not None else None
        reader = f" for Python {python}" if python else ""
        yield issue(
            f"{shown(file, project)} has a syntax error{reader}, so the agent does not start:"
            f" {text_of(fault)}",
            entrypoint,
            fault,
            project,
        )


RULE = Rule(
    "RA301",
    "python-syntax-error",
    "error",
    __doc__ or "",
    check_project=_check,
)
