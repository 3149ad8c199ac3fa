r"""The file is not saved as UTF-8.

## What it does
Finds bytes that are not UTF-8, and files saved as UTF-16 or UTF-32.

## Why is this bad
RunAgent cannot read the file, or reads other characters than you wrote.

## Example
```json
{"agent_name": "caf\xe9"}
```

## Use instead
```json
{"agent_name": "café"}
```

## Fix
None: save the file again as UTF-8 without a mark.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import Issue, Rule
from runagent_ls.rules.text.problems import encoding_issues


def _check(project: AgentProject) -> Iterator[Issue]:
    yield from encoding_issues(project, "not-utf8", "invalid-bytes")


RULE = Rule(
    "RA006",
    "not-utf8",
    "error",
    __doc__ or "",
    check_project=_check,
    reads_broken_config=True,
)
