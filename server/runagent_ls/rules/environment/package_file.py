"""Serving will create an __init__.py.

## What it does
Finds relative imports in an entrypoint's file whose folder has no `__init__.py`.

## Why is this bad
RunAgent puts an empty `__init__.py` there at the first start and leaves it.

## Example
```python
from .helper import answer   # and no __init__.py beside it
```

## Use instead
```python
from helper import answer
```

## Fix
None: create the file yourself, or import by the plain name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, InFile, Issue, Rule
from runagent_ls.text.position import Span

RELATIVE: Final = re.compile(r"^[ \t]*from[ \t]+\.", re.MULTILINE)


def _check(project: AgentProject) -> Iterator[Issue]:
    lacking = frozenset(project.surroundings.lacking_package_file)
    for path, entrypoint in project.entry_files.items():
        source = project.sources.get(path)
        if source is None or source.syntax_error is not None:
            continue
        if path not in lacking:
            continue
        span = _relative_import(source.text)
        if span is not None:
            yield Issue(
                f"{entrypoint.file} imports with a leading dot, so RunAgent will create"
                " __init__.py beside it. Create it yourself, or leave the dot out.",
                InConfig((*entrypoint.path, "file")),
                twin=InFile(path, span),
                twin_text="The import with a leading dot",
            )


@lru_cache(maxsize=1024)
def _relative_import(text: str) -> Span | None:
    if not RELATIVE.search(text):
        return None
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level > 0:
            line = text.split("\n")[: node.lineno]
            start = sum(len(it) + 1 for it in line[:-1]) + len(line[-1]) - len(line[-1].lstrip())
            return Span(start, start + len(line[-1].strip()))
    return None


RULE = Rule(
    "RA412",
    "package-file-created",
    "information",
    __doc__ or "",
    check_project=_check,
)
