"""A method is addressed on its class.

## What it does
Finds `Agent.run` where `run` is an ordinary method of the class `Agent`.

## Why is this bad
No instance stands in front, so the call lacks `self`: `missing 1 required positional argument:
'self'`.

## Example
```python
class Agent:
    def run(self, text): ...   # "module": "Agent.run"
```

## Use instead
```python
class Agent:
    def run(self, text): ...

agent = Agent()                # "module": "agent.run"
```

## Fix
None: what the class is to be made with only you know.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.functions.places import at_function, has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    found = entrypoint.resolution
    if found is None or not found.needs_instance or not has_whole_source(entrypoint):
        return
    owner = (entrypoint.module or "").rpartition(".")[0]
    yield Issue(
        f"{entrypoint.module} is a method of {owner} without an instance in front: calls lack"
        " self. Make an instance at the top level of the file and name its method.",
        InConfig(("module",)),
        twin=at_function(entrypoint, project),
    )


RULE = Rule(
    "RA307",
    "needs-instance",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
)
