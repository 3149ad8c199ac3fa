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
The only instance of the class at the top level of the file is named. What one is to be made with
only you know.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.functions.places import at_function, has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


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
        repair=_repair(entrypoint, owner),
    )


def _repair(entrypoint: Entrypoint, owner: str) -> Repair | None:
    """The method of the one instance that the file makes of the class."""
    at = entrypoint.module_file
    if at is None or at.source is None:
        return None
    made = [
        symbol
        for symbol in at.source.symbols.values()
        if symbol.kind == "instance" and symbol.target == owner
    ]
    if len(made) != 1 or not made[0].certain or made[0].conditional:
        return None
    better = f"{made[0].name}.{(entrypoint.module or '').rpartition('.')[2]}"
    edit = SetValue(("module",), better)
    return Repair(f"Change to {better}", (edit,), safe=False)


RULE = Rule(
    "RA307",
    "needs-instance",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
