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
A missing comma is inserted. Other places need a decision of yours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.jsontree.document import SyntaxProblem
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InFile, Issue, Repair, Replacement, Rule
from runagent_ls.rules.text.problems import syntax_issue
from runagent_ls.text.position import Span

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
            yield syntax_issue(project, problem, _repair(project, problem))


def _repair(project: AgentProject, problem: SyntaxProblem) -> Repair | None:
    if problem.kind != "missing-comma" or project.document.language != "json":
        return None
    end = problem.related.end if problem.related is not None else problem.span.start
    place = InFile(project.config_path, Span(end, end))
    return Repair("Insert the missing comma", (Replacement(place, ","),))


RULE = Rule(
    "RA001",
    "invalid-syntax",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
    reads_broken_config=True,
)
