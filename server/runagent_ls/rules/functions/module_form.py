"""module is written in a form that RunAgent does not read.

## What it does
Finds `main:greet`, `main.greet`, `greet()` and the like: the file's name before the function, or
parentheses behind it.

## Why is this bad
`module` is looked up inside `file` as it stands. The agent does not start: `Object 'main' not
found`.

## Example
```json
{"file": "main.py", "module": "main:greet", "tag": "greet"}
```

## Use instead
```json
{"file": "main.py", "module": "greet", "tag": "greet"}
```

## Fix
Reduced to the name in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def plain_name(entrypoint: Entrypoint) -> str | None:
    """The name in the file that `module` means, when it is written in a form of another tool."""
    at, module = entrypoint.module_file, entrypoint.module
    resolution = entrypoint.resolution
    if at is None or at.source is None or not module or resolution is None:
        return None
    if resolution.exists is not Proof.REFUTED:
        return None
    match = FORMS.match(module)
    if match is None:
        return None
    prefix, name = match["prefix"], match["name"]
    called = match["call"] is not None
    if prefix and prefix.split(".")[-1].removesuffix(".py") != at.path.stem:
        return None
    if not prefix and not called:
        return None
    first = name.split(".", 1)[0]
    return name if first in at.source.symbols else None


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    name = plain_name(entrypoint)
    if name is None:
        return
    edit = SetValue(("module",), name)
    yield Issue(
        f"{entrypoint.module} is not found: RunAgent looks it up inside {entrypoint.file}."
        f" Write just {name}.",
        InConfig(("module",)),
        repair=Repair(f"Change to {name}", (edit,)),
    )


FORMS: Final = re.compile(
    r"(?:(?P<prefix>[\w./-]+?)[:.])?(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?P<call>\(.*\))?\s*$"
)


RULE = Rule(
    "RA302",
    "module-form",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
