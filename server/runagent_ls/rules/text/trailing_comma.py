"""A comma follows the last item.

## What it does
Finds a comma in front of a closing bracket or brace.

## Why is this bad
JSON allows none there, although JavaScript and Python do. RunAgent refuses the file.

## Example
```json
{"version": "1.0.0",}
```

## Use instead
```json
{"version": "1.0.0"}
```

## Fix
The comma is removed.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import Issue, Rule
from runagent_ls.rules.text.problems import deletion, syntax_issue, syntax_problems


def _check(project: AgentProject) -> Iterator[Issue]:
    for problem in syntax_problems(project, "trailing-comma"):
        repair = deletion(project, "Remove the comma", problem.span)
        yield syntax_issue(project, problem, repair)


RULE = Rule(
    "RA002",
    "trailing-comma",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
    reads_broken_config=True,
)
