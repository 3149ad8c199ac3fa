"""A file ends the server while it starts.

## What it does
Finds `sys.exit()` and its like, and `setup()` of setuptools, at the top level of every Python
file that runs when the agent
starts. When the agent was verified or served, also what ended it by `SystemExit` further down.

## Why is this bad
`serve` ends at once with that exit code and without a message, also when the file has nothing to
do with the agent.

## Example
```python
import sys
sys.exit(main())
```

## Use instead
```python
import sys
if __name__ == "__main__":
    sys.exit(main())
```

## Fix
A statement at the end of the file is put under a main guard. Further up, what follows may need
more than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from runagent_ls.project.model import AgentProject, EarlyExit
from runagent_ls.rules.faults import faults, issue, shown
from runagent_ls.rules.rule import InConfig, InFile, Issue, Repair, Replacement, Rule
from runagent_ls.text.lines import newline_of
from runagent_ls.text.position import Span


def _check(project: AgentProject) -> Iterator[Issue]:
    named = project.entry_files
    for startup in project.surroundings.startup:
        for found in startup.exits:
            here = InFile(found.file, found.span)
            entrypoint = named.get(found.file)
            name = _name(found.file, project.root)
            if entrypoint is not None:
                message = f"{name} ends the server while it starts: {found.statement}"
            else:
                ends = "ends" if found.certain else "can end"
                message = (
                    f"{name} runs when the agent starts, although no entrypoint names it, and"
                    f" {ends} the server: {found.statement}"
                )
            where = entrypoint or next(iter(named.values()))
            advice = 'Put it under if __name__ == "__main__".'
            if found.file.name == "setup.py":
                advice = "Describe the package in pyproject.toml instead."
            yield Issue(
                f"{message}. {advice}",
                InConfig((*where.path, "file")),
                twin=here,
                twin_text="The statement that ends the server",
                place_text="The agent that runs this file",
                severity=None if entrypoint is not None or found.certain else "warning",
                repair=_repair(found, project),
            )
    yield from _observed(project)


def _observed(project: AgentProject) -> Iterator[Issue]:
    known = {found.file for startup in project.surroundings.startup for found in startup.exits}
    for entrypoint, fault in faults(project, "exit"):
        step = fault.steps[-1] if fault.steps else None
        if step is not None and step.file in known:
            continue
        name = shown(step.file, project) if step is not None else entrypoint.file
        what = f": {step.text}" if step is not None and step.text else ""
        yield issue(f"{name} ends the server while it starts{what}", entrypoint, fault, project)


def _repair(found: EarlyExit, project: AgentProject) -> Repair | None:
    """The statement under a main guard, when it has its line for itself and nothing follows.

    What follows may need what the guard would keep from running.
    """
    source = project.sources.get(found.file)
    text = source.text if source is not None else project.surroundings.texts.get(found.file)
    if text is None or found.file.name == "setup.py":
        return None
    start, end = found.span
    begins_line = start == 0 or text[start - 1] in "\r\n"
    if not begins_line or text[end:].strip() or "\n" in text[start:end]:
        return None
    guard = f'if __name__ == "__main__":{newline_of(text)}    '
    edit = Replacement(InFile(found.file, Span(start, start)), guard)
    return Repair("Put it under a main guard", (edit,), safe=False)


def _name(path: FilePath, root: FilePath) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


RULE = Rule(
    "RA411",
    "exit-at-start",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
