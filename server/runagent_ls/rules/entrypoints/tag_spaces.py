"""A tag is empty or has spaces at its ends.

## What it does
Finds tags that nobody will type right: empty ones, and ones that begin or end with a space.

## Why is this bad
RunAgent compares tags exactly. A call must repeat every space.

## Example
```json
{"file": "main.py", "module": "greet", "tag": "greet "}
```

## Use instead
```json
{"file": "main.py", "module": "greet", "tag": "greet"}
```

## Fix
Spaces at the ends are removed. Callers that use the old tag must follow.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    tag = entrypoint.tag
    if tag is None or (tag and tag == tag.strip()):
        return
    if not tag.strip():
        yield Issue("This tag is empty: give it a name that can be asked for.", InConfig(("tag",)))
        return
    # `foo_stream ` does not stream and `foo_stream` would: another rule speaks of that.
    if tag.strip().casefold().endswith("_stream"):
        return
    edit = SetValue(("tag",), tag.strip())
    yield Issue(
        "The tag has spaces at its ends, and every call must repeat them.",
        InConfig(("tag",)),
        repair=Repair("Remove the spaces", (edit,), safe=False),
    )


RULE = Rule(
    "RA202",
    "tag-spaces",
    "information",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
