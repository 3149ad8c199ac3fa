"""An async function that RunAgent does not wait for.

## What it does
Finds `async def` functions under a decorator of the project that calls them without `await`, and
objects whose `__call__` is async.

## Why is this bad
RunAgent sees a plain function. The call answers with the text `<coroutine object ...>` and
reports success.

## Example
```python
def logged(function):
    def inner(*args, **kwargs):
        return function(*args, **kwargs)
    return inner

@logged
async def chat(text): ...
```

## Use instead
```python
def logged(function):
    async def inner(*args, **kwargs):
        return await function(*args, **kwargs)
    return inner

@logged
async def chat(text): ...
```

## Fix
None: the decorator may serve plain functions too, and those must not become async.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.functions.places import at_function, has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    found = entrypoint.resolution
    if found is None or entrypoint.is_stream or not has_whole_source(entrypoint):
        return
    if found.exists is not Proof.PROVEN or found.gives_coroutine is not Proof.PROVEN:
        return
    decorators = found.symbol.decorators if found.symbol is not None else ()
    if decorators:
        advice = f"Make the inner function of the decorator {decorators[0]} async."
    else:
        advice = "Name an async def function."
    yield Issue(
        f"RunAgent does not wait for {entrypoint.module}, so calls answer with the text"
        f" <coroutine object ...>. {advice}",
        InConfig(("module",)),
        twin=at_function(entrypoint, project),
    )


RULE = Rule(
    "RA312",
    "lost-coroutine",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
)
