"""A generator behind a tag that does not stream.

## What it does
Finds functions with `yield` whose tag does not end in `_stream`. When the agent was verified or
served, also those that turn out to be generators at run time.

## Why is this bad
The call answers with the text `<generator object ...>` and reports success.

## Example
```python
def chat(text):              # "tag": "chat"
    yield "hello"
```

## Use instead
```python
def chat(text):              # "tag": "chat_stream"
    yield "hello"
```

## Fix
`_stream` is put behind the tag. Callers that use the old tag must follow.
Editors also offer to keep the tag, which then answers with a list of all chunks, and to add one
that streams.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.jsontree.document import Path
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.entrypoints.stream_spelling import misspelt_stream_tag
from runagent_ls.rules.faults import observed_entrypoints
from runagent_ls.rules.functions.places import at_function, has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue

_GENERATORS: Final = frozenset({"generator function", "async generator function"})


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    if _is_plain(entrypoint) and _is_known(entrypoint):
        yield from _issues(entrypoint, project, ())


def _observed(project: AgentProject) -> Iterator[Issue]:
    for entrypoint, seen in observed_entrypoints(project):
        if seen.kind in _GENERATORS and _is_plain(entrypoint) and not _is_known(entrypoint):
            yield from _issues(entrypoint, project, entrypoint.path)


def _is_plain(entrypoint: Entrypoint) -> bool:
    """Whether it is behind a tag that is not meant to stream."""
    plain = entrypoint.tag is not None and not entrypoint.is_stream
    return plain and misspelt_stream_tag(entrypoint) is None


def _is_known(entrypoint: Entrypoint) -> bool:
    """Whether reading the file proves that a call gives a generator."""
    found = entrypoint.resolution
    if found is None or not has_whole_source(entrypoint):
        return False
    return found.exists is Proof.PROVEN and found.gives_generator is Proof.PROVEN


def _issues(entrypoint: Entrypoint, project: AgentProject, base: Path) -> Iterator[Issue]:
    tag = entrypoint.tag or ""
    better = f"{tag}_stream"
    edit = SetValue((*base, "tag"), better)
    is_free = all(other.tag != better for other in project.entrypoints)
    yield Issue(
        f"{entrypoint.module} yields, but the tag {tag} does not end in _stream: calls answer"
        " with the text <generator object ...>.",
        InConfig((*base, "tag")),
        twin=at_function(entrypoint, project),
        repair=Repair(f"Rename the tag to {better}", (edit,), safe=False)
        if tag and is_free
        else None,
    )


RULE = Rule(
    "RA311",
    "generator-without-stream",
    "warning",
    __doc__ or "",
    check_project=_observed,
    check_entrypoint=_check,
    fixable=True,
)
