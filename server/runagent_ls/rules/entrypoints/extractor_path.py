"""A path of the extractor is no JSONPath.

## What it does
Reads each path of `extractor` with the library that RunAgent uses, jsonpath-ng in its basic form.

## Why is this bad
The agent starts, and then every call of this entrypoint fails with `INTERNAL_ERROR`. Filters
(`[?(...)]`) and functions are not part of that form.

## Example
```json
{"file": "main.py", "module": "greet", "tag": "greet", "extractor": {"text": "$.items[?(@.ok)]"}}
```

## Use instead
```json
{"file": "main.py", "module": "greet", "tag": "greet", "extractor": {"text": "$.items[0]"}}
```

## Fix
None: what the path is to reach only you know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    value = entrypoint.value
    extractor = value.get("extractor") if isinstance(value, dict) else None
    if not isinstance(extractor, dict):
        return
    for name, path in extractor.items():
        fault = _fault(path) if isinstance(path, str) else None
        if fault is not None:
            yield Issue(
                f"{path!r} is not a path that RunAgent can read ({fault}), so every call fails."
                " Write it like $.choices[0].text.",
                InConfig(("extractor", name)),
            )


@lru_cache(maxsize=4096)
def _fault(path: str) -> str | None:
    """Why the real extractor would refuse `path`, None when it would not."""
    if _PLAIN.fullmatch(path):
        return None
    if not path:
        return "it is empty"
    if len(path) > MAX_CHARACTERS:
        return None
    from jsonpath_ng import parse

    try:
        parse(path)
    except Exception as error:  # noqa: BLE001 the parser raises bare `Exception`, and RecursionError
        return " ".join(str(error).split())[:120] or type(error).__name__
    return None


MAX_CHARACTERS: Final = 10_000
_PLAIN: Final = re.compile(r"\$(?:\.(?!where)[A-Za-z_][A-Za-z0-9_]*|\[[0-9]+\])*")


RULE = Rule(
    "RA230",
    "extractor-path",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
)
