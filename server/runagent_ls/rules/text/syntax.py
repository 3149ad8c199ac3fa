"""The text is not valid JSON or YAML.

## What it does
Points at the place where the text stops being what its format allows: a missing comma, quote,
colon or bracket, single quotes, a bare word, wrong indentation.

## Why is this bad
RunAgent stops at the first such place with `Invalid JSON format` and reads nothing of the file.

## Example
```json
{"agent_name": "demo" "version": "1.0.0"}
```

## Use instead
```json
{"agent_name": "demo", "version": "1.0.0"}
```

## Fix
In JSON: a missing comma, colon, quote or bracket is inserted, a wrong or superfluous one replaced
or removed; text gets its double quotes and its escapes, `True` becomes `true`. Only where the
text then reads as it was understood anyway. Missing keys and values are yours to decide, and so
is YAML, where the indentation itself carries the meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import Issue, Rule
from runagent_ls.rules.text.problems import syntax_issue
from runagent_ls.rules.text.syntax_repairs import syntax_repair

OWN_RULE: Final = frozenset(
    {
        "byte-order-mark",
        "comment",
        "duplicate-key",
        "empty-document",
        "not-a-number",
        "trailing-comma",
    }
)
"""Kinds for which another rule of this family speaks."""


def _check(project: AgentProject) -> Iterator[Issue]:
    if project.config_error is not None:
        return
    for problem in project.document.problems:
        if problem.kind not in OWN_RULE:
            yield syntax_issue(project, problem, syntax_repair(project, problem))


RULE = Rule(
    "RA001",
    "invalid-syntax",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
    reads_broken_config=True,
)
