"""NaN and Infinity are not JSON.

## What it does
Finds `NaN`, `Infinity` and `-Infinity` in a JSON configuration.

## Why is this bad
RunAgent's own reader takes them, most other programs that read the file do not.

## Example
```json
{"template_source": {"weight": NaN}}
```

## Use instead
```json
{"template_source": {"weight": null}}
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
    for problem in syntax_problems(project, "not-a-number"):
        yield syntax_issue(project, problem)


RULE = Rule(
    "RA007",
    "not-a-number",
    "information",
    __doc__ or "",
    check_project=_check,
    reads_broken_config=True,
)
