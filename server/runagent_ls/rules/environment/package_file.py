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

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.pyfile.facts import relative_imports
from runagent_ls.rules.rule import InConfig, InFile, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    lacking = frozenset(project.surroundings.lacking_package_file)
    for path, entrypoint in project.entry_files.items():
        source = project.sources.get(path)
        if source is None or source.syntax_error is not None:
            continue
        if path not in lacking:
            continue
        for span in relative_imports(source)[:1]:
            yield Issue(
                f"{entrypoint.file} imports with a leading dot, so RunAgent will create"
                " __init__.py beside it. Create it yourself, or leave the dot out.",
                InConfig((*entrypoint.path, "file")),
                twin=InFile(path, span),
                twin_text="The import with a leading dot",
            )


RULE = Rule(
    "RA412",
    "package-file-created",
    "information",
    __doc__ or "",
    check_project=_check,
)
