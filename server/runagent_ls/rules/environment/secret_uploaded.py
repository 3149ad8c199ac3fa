"""A file with secrets would be uploaded.

## What it does
Works out which files an upload packs, by RunAgent's own rule, and looks among them for `.env`
files with values and for private keys.

## Why is this bad
`.env` is uploaded unless `.gitignore` of the agent's folder names it. Patterns are matched
against the whole path from that folder on, not as git does it.

## Example
```text
# .gitignore
__pycache__/
```

## Use instead
```text
# .gitignore
__pycache__/
.env
```

## Fix
A line is added to `.gitignore`, when there is one. Making a new one would switch RunAgent's
built-in list off.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InFile, Issue, Repair, Replacement, Rule
from runagent_ls.text.lines import newline_of
from runagent_ls.text.position import Span


def _check(project: AgentProject) -> Iterator[Issue]:
    upload = project.surroundings.upload
    for path in upload.private:
        place = InFile(project.root / path, Span(0, 0))
        if upload.gitignore is None:
            advice = (
                "There is no .gitignore: make one that names it, and venv/, .venv/, .git/ and"
                " __pycache__/ too."
            )
        else:
            advice = f"Write {path} into .gitignore."
        yield Issue(
            f"{path} holds secrets and is uploaded with the agent. {advice}",
            place,
            repair=_repair(project, path),
        )


def _repair(project: AgentProject, path: str) -> Repair | None:
    text = project.surroundings.upload.gitignore
    if text is None or any(it in path for it in "*?[]!#"):
        return None
    end = InFile(project.root / ".gitignore", Span(len(text), len(text)))
    newline = newline_of(text)
    line = path if not text or text.endswith(("\n", "\r")) else f"{newline}{path}"
    return Repair(f"Write {path} into .gitignore", (Replacement(end, f"{line}{newline}"),))


RULE = Rule(
    "RA406",
    "secret-uploaded",
    "warning",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
