"""JSON has no comments.

## What it does
Finds `//`, `/* */` and `#` comments in a JSON configuration.

## Why is this bad
RunAgent reads strict JSON and refuses the file.

## Example
```json
{
  // the name shown in lists
  "agent_name": "demo"
}
```

## Use instead
```json
{
  "agent_name": "demo"
}
```

## Fix
The comment is removed, with its line when nothing else is on it. A configuration in YAML may have
comments.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import Issue, Rule
from runagent_ls.rules.text.problems import line_deletion, syntax_issue, syntax_problems


def _check(project: AgentProject) -> Iterator[Issue]:
    for problem in syntax_problems(project, "comment"):
        repair = line_deletion(project, "Remove the comment", problem.span)
        yield syntax_issue(project, problem, repair)


RULE = Rule(
    "RA003",
    "comment",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
    reads_broken_config=True,
)
