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
Replaced by `null`, which other programs read.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InFile, Issue, Repair, Replacement, Rule
from runagent_ls.rules.text.problems import syntax_issue, syntax_problems


def _check(project: AgentProject) -> Iterator[Issue]:
    for problem in syntax_problems(project, "not-a-number"):
        edit = Replacement(InFile(project.config_path, problem.span), "null")
        repair = Repair("Replace by null", (edit,), safe=False)
        yield syntax_issue(project, problem, repair)


RULE = Rule(
    "RA007",
    "not-a-number",
    "information",
    __doc__ or "",
    check_project=_check,
    fixable=True,
    reads_broken_config=True,
)
