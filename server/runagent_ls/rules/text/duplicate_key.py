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
In JSON the first one is removed, whose value is lost anyway. `--fix` leaves that to you: perhaps
it is the last one that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.jsontree.document import SyntaxProblem
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InFile, Issue, Repair, Replacement, Rule
from runagent_ls.rules.text.problems import syntax_issue, syntax_problems
from runagent_ls.rules.text.syntax_repairs import is_affordable


def _check(project: AgentProject) -> Iterator[Issue]:
    for problem in syntax_problems(project, "duplicate-key"):
        yield syntax_issue(project, problem, _repair(project, problem))


def _repair(project: AgentProject, problem: SyntaxProblem) -> Repair | None:
    if not is_affordable(project.document):
        return None
    from runagent_ls.jsontree.edits import remove_shadowed  # with the first of them

    made = remove_shadowed(project.document, problem)
    if not made:
        return None
    edits = tuple(Replacement(InFile(project.config_path, span), text) for span, text in made)
    return Repair("Remove the first one", edits, safe=False)


RULE = Rule(
    "RA004",
    "duplicate-key",
    "warning",
    __doc__ or "",
    check_project=_check,
    fixable=True,
    reads_broken_config=True,
)
