"""A parameter cannot be given by name.

## What it does
Finds parameters in front of a `/` in the signature of an entrypoint.

## Why is this bad
Clients send inputs by name. Such a call fails: `got some positional-only arguments passed as
keyword arguments`.

## Example
```python
def greet(name, /):
    return f"hello {name}"
```

## Use instead
```python
def greet(name):
    return f"hello {name}"
```

## Fix
None.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.functions.places import in_definition, visible_parameters
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    parameters = visible_parameters(entrypoint)
    fixed = [it for it in parameters if it.kind == "positional_only" and it.default is None]
    if not fixed:
        return
    names = ", ".join(it.name for it in fixed)
    yield Issue(
        f"{names} cannot be given by name because of the / in the signature, and clients send"
        " inputs by name: remove the /.",
        InConfig(("module",)),
        twin=in_definition(entrypoint, fixed[0].span),
        twin_text="The parameter",
    )


RULE = Rule(
    "RA315",
    "positional-only",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
)
