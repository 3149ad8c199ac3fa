"""An upload will not find this name in the file.

## What it does
Looks for the text of `module` in the file, as an upload does for every framework but `default`
and `n8n`.

## Why is this bad
The upload compares letters, not Python: `app.invoke` is refused although it works when served,
unless these very letters stand somewhere in the file.

## Example
```json
{"framework": "autogen", "agent_architecture": {"entrypoints": [
  {"file": "main.py", "module": "agent.run", "tag": "run"}
]}}
```

## Use instead
```json
{"framework": "autogen", "agent_architecture": {"entrypoints": [
  {"file": "main.py", "module": "run", "tag": "run"}
]}}
```

## Fix
A comment with these letters is put at the end of the Python file. A function of your own that
calls it is the other way.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.rule import InConfig, InFile, Issue, Repair, Replacement, Rule
from runagent_ls.schema.facts import FRAMEWORKS
from runagent_ls.text.lines import newline_of
from runagent_ls.text.position import Span


def _check(entrypoint: Entrypoint, project: AgentProject) -> Iterator[Issue]:
    at, module, found = entrypoint.module_file, entrypoint.module, entrypoint.resolution
    if project.framework not in FRAMEWORKS or project.framework in {"default", "n8n"}:
        return
    if at is None or at.source is None or not module or module in at.source.text:
        return
    if found is not None and found.exists is Proof.REFUTED:
        return
    yield Issue(
        f"An upload looks for the letters {module} in {entrypoint.file} and does not find them."
        " It works when served; add a comment with them before you upload.",
        InConfig(("module",)),
        repair=_repair(at.path, at.source.text, module),
    )


def _repair(file: FilePath, text: str, module: str) -> Repair | None:
    """The letters in a comment at the end of the file."""
    if not module.isprintable() or text.rstrip().endswith("\\"):
        return None
    newline = newline_of(text)
    before = "" if not text or text.endswith(("\n", "\r")) else newline
    comment = f"{before}# An upload of this agent looks for: {module}{newline}"
    edit = Replacement(InFile(file, Span(len(text), len(text))), comment)
    return Repair("Add a comment with these letters", (edit,), safe=False)


RULE = Rule(
    "RA409",
    "upload-text-check",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
