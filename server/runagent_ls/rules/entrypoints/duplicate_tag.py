"""Two entrypoints have the same tag.

## What it does
Compares the tags of all entrypoints, exactly as RunAgent does.

## Why is this bad
The tag is how an entrypoint is called. RunAgent refuses a configuration with the same tag twice.

## Example
```json
{"entrypoints": [
  {"file": "main.py", "module": "greet", "tag": "greet"},
  {"file": "main.py", "module": "part", "tag": "greet"}
]}
```

## Use instead
```json
{"entrypoints": [
  {"file": "main.py", "module": "greet", "tag": "greet"},
  {"file": "main.py", "module": "part", "tag": "part"}
]}
```

## Fix
The second one is called after its function, with `_stream` when that yields, or gets a number.
Callers that mean it must follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(project: AgentProject) -> Iterator[Issue]:
    tags = [entrypoint.tag for entrypoint in project.entrypoints]
    if len(set(tags)) == len(tags):
        return
    first: dict[str, Entrypoint] = {}
    taken = {tag for tag in tags if tag is not None}
    for entrypoint in project.entrypoints:
        if entrypoint.tag is None:
            continue
        known = first.setdefault(entrypoint.tag, entrypoint)
        if known is not entrypoint:
            yield Issue(
                f"The tag {entrypoint.tag!r} is taken: each entrypoint needs a tag of its own.",
                InConfig((*entrypoint.path, "tag")),
                related=((InConfig((*known.path, "tag")), "First used here"),),
                repair=_repair(entrypoint, taken),
            )


def _repair(entrypoint: Entrypoint, taken: set[str]) -> Repair:
    """The function's own name when it is free, else a number behind the tag."""
    tag = entrypoint.tag or ""
    suffix = "_stream" if entrypoint.is_stream or _yields(entrypoint) else ""
    own = (entrypoint.module or "").rpartition(".")[2].removesuffix("_stream")
    stem = tag.removesuffix("_stream")
    numbered = (f"{stem}_{number}{suffix}" for number in count(2))
    better = next(
        it for it in chain([f"{own}{suffix}"] if own else [], numbered) if it not in taken
    )
    taken.add(better)
    edit = SetValue((*entrypoint.path, "tag"), better)
    return Repair(f"Rename to {better}", (edit,), safe=False)


def _yields(entrypoint: Entrypoint) -> bool:
    """Whether it certainly needs a tag that streams."""
    found = entrypoint.resolution
    if found is None or found.exists is not Proof.PROVEN:
        return False
    return found.gives_generator is Proof.PROVEN


RULE = Rule(
    "RA201",
    "duplicate-tag",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
