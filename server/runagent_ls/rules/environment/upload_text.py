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
None: a comment with these letters in the Python file is enough, or a function of your own.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.rule import InConfig, Issue, Rule
from runagent_ls.schema.facts import FRAMEWORKS


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
    )


RULE = Rule(
    "RA409",
    "upload-text-check",
    "warning",
    __doc__ or "",
    check_entrypoint=_check,
)
