r"""The file begins with a byte order mark.

## What it does
Finds the invisible mark that some Windows editors put in front of a text.

## Why is this bad
RunAgent's JSON reader refuses it: `Unexpected UTF-8 BOM`.

## Example
```json
\ufeff{"agent_name": "demo"}
```

## Use instead
```json
{"agent_name": "demo"}
```

## Fix
None: editors hide the mark, so no edit of the text reaches it. Save the file again as UTF-8
without a mark.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import Issue, Rule
from runagent_ls.rules.text.problems import encoding_issues


def _check(project: AgentProject) -> Iterator[Issue]:
    yield from encoding_issues(project, "byte-order-mark")


RULE = Rule(
    "RA005",
    "byte-order-mark",
    "error",
    __doc__ or "",
    check_project=_check,
    reads_broken_config=True,
)
