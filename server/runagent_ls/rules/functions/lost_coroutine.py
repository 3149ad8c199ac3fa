"""An async function behind a decorator that does not wait for it.

## What it does
Finds `async def` functions under a decorator of the project whose inner function is not async and
hands back what the call gave.

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
None.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof, PyFile
from runagent_ls.rules.functions.places import at_function, has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    found = entrypoint.resolution
    symbol = found.symbol if found is not None else None
    if found is None or symbol is None or not has_whole_source(entrypoint):
        return
    if not symbol.is_async or symbol.is_generator or not symbol.certain:
        return
    if found.exists is not Proof.PROVEN or not symbol.decorators or entrypoint.is_stream:
        return
    source = project.sources.get(found.defined_in) if found.defined_in is not None else None
    decorator = _losing(symbol.decorators, source)
    if decorator is None:
        return
    yield Issue(
        f"The decorator {decorator} calls {symbol.name} without await, so calls answer with the"
        " text <coroutine object ...>. Make its inner function async.",
        InConfig(("module",)),
        twin=at_function(entrypoint, project),
    )


def _losing(decorators: tuple[str, ...], source: PyFile | None) -> str | None:
    """The only decorator, when it certainly hands back an unawaited call."""
    if source is None or len(decorators) != 1:
        return None
    name, _, called = decorators[0].partition("(")
    symbol = source.symbols.get(name)
    if symbol is None or symbol.kind != "function" or not symbol.certain or symbol.decorators:
        return None
    wrapping = symbol.factory_wrapping if called else symbol.wrapping
    loses = wrapping is not None and wrapping.forwards and not wrapping.is_async
    return name if loses and wrapping is not None and not wrapping.is_generator else None


RULE = Rule(
    "RA312",
    "lost-coroutine",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
)
