"""What module names cannot be called.

## What it does
Finds entrypoints that name a number, a text, a list, a dictionary or a module. When the agent was
verified or served, also those that cannot be called at run time.

## Why is this bad
The agent starts, and every call fails: `'int' object is not callable`.

## Example
```python
greeting = "hello"           # "module": "greeting"
```

## Use instead
```python
def greeting():              # "module": "greeting"
    return "hello"
```

## Fix
None: which function is meant only you know.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.faults import observed_entrypoints
from runagent_ls.rules.functions.places import at_function, has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    found = entrypoint.resolution
    if found is None or found.is_callable is not Proof.REFUTED or not has_whole_source(entrypoint):
        return
    if found.exists is Proof.REFUTED:
        return
    yield Issue(
        f"{entrypoint.module} cannot be called, so every call of this entrypoint fails."
        " Name a function.",
        InConfig(("module",)),
        twin=at_function(entrypoint, project),
    )


def _observed(project: AgentProject) -> Iterator[Issue]:
    for entrypoint, seen in observed_entrypoints(project):
        found = entrypoint.resolution
        if seen.callable is False and (found is None or found.is_callable is not Proof.REFUTED):
            yield Issue(
                f"{entrypoint.module} cannot be called at run time, so every call of this"
                " entrypoint fails. Name a function.",
                InConfig((*entrypoint.path, "module")),
                twin=at_function(entrypoint, project),
            )


RULE = Rule(
    "RA306",
    "not-callable",
    "error",
    __doc__ or "",
    check_project=_observed,
    check_entrypoint=_check,
)
