"""A streaming function stops the whole server while it waits.

## What it does
Finds plain generators behind a `_stream` tag that sleep or ask the network without `await`.

## Why is this bad
RunAgent iterates plain generators on its event loop: while one waits, no other call is answered
and connections may be dropped. Async generators do not stop it.

## Example
```python
def chat_parts(text):        # "tag": "chat_stream"
    time.sleep(5)
    yield "hello"
```

## Use instead
```python
async def chat_parts(text):  # "tag": "chat_stream"
    await asyncio.sleep(5)
    yield "hello"
```

## Fix
None: which `await` does the same as the call is not to be seen from outside.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.functions.places import has_whole_source, in_definition
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    found = entrypoint.resolution
    symbol = found.symbol if found is not None else None
    if found is None or symbol is None or not entrypoint.is_stream:
        return
    if not has_whole_source(entrypoint) or not symbol.certain or symbol.decorators:
        return
    if found.exists is not Proof.PROVEN or symbol.is_async or not symbol.is_generator:
        return
    for call in symbol.blocking_calls[:1]:
        yield Issue(
            f"{call.callee} stops the whole server while it waits, because RunAgent iterates"
            f" {symbol.name} on its event loop. Make it async def and use await.",
            InConfig(("module",)),
            twin=in_definition(entrypoint, call.span),
            twin_text="The call",
        )


RULE = Rule(
    "RA313",
    "blocking-generator",
    "information",
    __doc__ or "",
    check_entrypoint=_check,
)
