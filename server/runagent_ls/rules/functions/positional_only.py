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
The `/` is removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.functions.places import in_definition, visible_parameters
from runagent_ls.rules.rule import InConfig, InFile, Issue, Repair, Replacement, Rule
from runagent_ls.text.position import Span

SLASH: Final = re.compile(r"(?P<slash>\s*,\s*/)\s*[,)]")


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
        repair=_repair(entrypoint, project, fixed[-1].span.end),
    )


def _repair(entrypoint: Entrypoint, project: AgentProject, end: int) -> Repair | None:
    """Take the `/` out that follows the last of these parameters."""
    found = entrypoint.resolution
    file = found.defined_in if found is not None else None
    source = project.sources.get(file) if file is not None else None
    # Between a comma and the next comma or bracket, `/` is no division.
    slash = SLASH.search(source.text, end) if source is not None else None
    if file is None or slash is None:
        return None
    edit = Replacement(InFile(file, Span(*slash.span("slash"))), "")
    return Repair("Remove the /", (edit,), safe=False)


RULE = Rule(
    "RA315",
    "positional-only",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
