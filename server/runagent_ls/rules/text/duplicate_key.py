"""A key stands twice in one object.

## What it does
Finds a key that is repeated within the same object.

## Why is this bad
The last value wins without a word, the others are lost.

## Example
```json
{"version": "1.0.0", "version": "2.0.0"}
```

## Use instead
```json
{"version": "2.0.0"}
```

## Fix
None.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import Issue, Rule
from runagent_ls.rules.text.problems import syntax_issue, syntax_problems


def _check(project: AgentProject) -> Iterator[Issue]:
    for problem in syntax_problems(project, "duplicate-key"):
        yield syntax_issue(project, problem)


RULE = Rule(
    "RA004",
    "duplicate-key",
    "warning",
    __doc__ or "",
    check_project=_check,
    reads_broken_config=True,
)
