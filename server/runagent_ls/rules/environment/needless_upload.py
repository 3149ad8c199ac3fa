"""A folder that no agent needs would be uploaded.

## What it does
Works out which files an upload packs and looks for `.git/`, `node_modules/` and virtual
environments.

## Why is this bad
They make the upload large, and `.git/` holds the whole history. A pattern without a closing
slash, such as `venv`, does not keep a folder out.

## Example
```text
# .gitignore
venv
```

## Use instead
```text
# .gitignore
venv/
.git/
node_modules/
```

## Fix
A line is added to `.gitignore`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InFile, Issue, Repair, Replacement, Rule
from runagent_ls.text.lines import newline_of
from runagent_ls.text.position import Span


def _check(project: AgentProject) -> Iterator[Issue]:
    upload = project.surroundings.upload
    if upload.gitignore is None:
        return
    text, newline = upload.gitignore, newline_of(upload.gitignore)
    end = InFile(project.root / ".gitignore", Span(len(text), len(text)))
    for path in upload.paths:
        if not path.endswith("/"):
            continue
        line = path if not text or text.endswith(("\n", "\r")) else f"{newline}{path}"
        yield Issue(
            f"{path} is uploaded with the agent: RunAgent does not leave it out by itself."
            f" Write {path} into .gitignore.",
            InFile(project.root / ".gitignore", Span(0, 0)),
            repair=Repair(f"Write {path} into .gitignore", (Replacement(end, f"{line}{newline}"),)),
        )


RULE = Rule(
    "RA407",
    "needless-upload",
    "information",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
