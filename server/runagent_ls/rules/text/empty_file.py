"""The configuration is empty.

## What it does
Finds a configuration file with nothing in it.

## Why is this bad
RunAgent refuses it: there is no agent to read.

## Example
```json
{}
```

## Use instead
```json
{"agent_name": "demo"}
```

## Fix
None: what the agent is called and does only you know.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import Issue, Rule
from runagent_ls.rules.text.problems import syntax_issue, syntax_problems


def _check(project: AgentProject) -> Iterator[Issue]:
    for problem in syntax_problems(project, "empty-document"):
        yield syntax_issue(project, problem)


RULE = Rule(
    "RA008",
    "empty-file",
    "error",
    __doc__ or "",
    check_project=_check,
    reads_broken_config=True,
)
