"""A value is of the wrong type.

## What it does
Finds numbers where text is needed, text where a list or an object is needed, and `null` where
nothing may be left out.

## Why is this bad
RunAgent never turns numbers or booleans into text. It refuses the configuration.

## Example
```json
{"version": 1.0, "env_vars": {"RETRIES": 3}}
```

## Use instead
```json
{"version": "1.0", "env_vars": {"RETRIES": "3"}}
```

## Fix
A number or boolean that must be text is put in quotes. What is to stand in the place of another
kind of value only you know.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.fields.places import value_at
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue
from runagent_ls.schema.problem import SchemaProblem


def _check(project: AgentProject) -> Iterator[Issue]:
    for problem in project.schema_problems:
        is_env_vars = problem.kind == "null" and problem.path == ("env_vars",)
        if problem.kind not in {"type", "null"} or is_env_vars or not problem.path:
            continue
        yield Issue(
            problem.message,
            InConfig(problem.path, problem.part),
            repair=_repair(project, problem),
            severity=None if problem.refused else "warning",
        )


def _repair(project: AgentProject, problem: SchemaProblem) -> Repair | None:
    value = value_at(project, problem.path)
    if "string" not in problem.expected or not isinstance(value, int | float):
        return None
    span = project.document.span(problem.path)
    written = project.document.text[span.start : span.end]
    return Repair("Put the value in quotes", (SetValue(problem.path, written),))


RULE = Rule(
    "RA102",
    "wrong-type",
    "error",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
