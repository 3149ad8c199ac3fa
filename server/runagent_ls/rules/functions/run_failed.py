"""The last run of an entrypoint failed here.

## What it does
Shows the line of the agent's own code that raised the exception of an entrypoint's last run, until
a run of that entrypoint succeeds or the line is edited. Lines of installed packages are not
marked.

## Why is this bad
The caller got no result. The line may be right all the same, when the inputs were wrong.

## Example
```python
def greet(name):
    return GREETINGS[name]     # KeyError: 'Grace'
```

## Use instead
```python
def greet(name):
    return GREETINGS.get(name, f"Hello {name}!")
```

## Fix
None: run it again, or debug it with the same inputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.project.observation import Fault
from runagent_ls.rules.faults import place_of, text_of
from runagent_ls.rules.rule import InConfig, Issue, Place, Rule

_MOST_STEPS: Final = 5
"""Of the way to the line: the innermost ones say most."""


def _check(project: AgentProject) -> Iterator[Issue]:
    for failed in project.failed_runs:
        entrypoint = project.entrypoint_of(failed.tag)
        if entrypoint is None or entrypoint.value != failed.value:
            continue
        place = place_of(failed.fault.steps[-1], project)
        if place is None:
            continue
        said = ": ".join(part for part in (failed.fault.exception, text_of(failed.fault)) if part)
        yield Issue(
            f"{failed.tag} failed here in its last run: {said or 'no reason was given'}",
            place,
            related=(*_way(failed.fault, place, project), _named(entrypoint)),
            data={"tag": failed.tag},
        )


def _way(fault: Fault, last: Place, project: AgentProject) -> Iterator[tuple[Place, str]]:
    """The calls that led there, the innermost first."""
    told = {last}
    for step in reversed(fault.steps[:-1]):
        place = place_of(step, project)
        if place is not None and place not in told and len(told) <= _MOST_STEPS:
            told.add(place)
            yield place, "On the way there"


def _named(entrypoint: Entrypoint) -> tuple[Place, str]:
    return InConfig((*entrypoint.path, "tag")), "The entrypoint that was run"


RULE = Rule("RA324", "run-failed", "warning", __doc__ or "", check_project=_check)
