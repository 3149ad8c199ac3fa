"""Python and webhook entrypoints are mixed.

## What it does
Finds a list of entrypoints that has some with `file` and `module` and some with `webhook_url` and
`method`.

## Why is this bad
RunAgent takes a list of one kind only and refuses the configuration.

## Example
```json
{"entrypoints": [
  {"file": "main.py", "module": "greet", "tag": "greet"},
  {"webhook_url": "http://localhost:5678/webhook/x", "method": "post", "tag": "hook"}
]}
```

## Use instead
```json
{"entrypoints": [
  {"file": "main.py", "module": "greet", "tag": "greet"}
]}
```

## Fix
None: split the agent in two.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    python = [it for it in project.entrypoints if it.kind == "python"]
    webhook = [it for it in project.entrypoints if it.kind == "webhook"]
    if not python or not webhook:
        return
    odd, main = sorted((python, webhook), key=len)
    kind, other = ("Python", "webhook") if odd is python else ("webhook", "Python")
    for entrypoint in odd:
        yield Issue(
            f"A {kind} entrypoint among {other} ones: RunAgent takes a list of one kind only."
            " Make a second agent of it.",
            InConfig(entrypoint.path),
            related=((InConfig(main[0].path), f"A {other} entrypoint"),),
        )


RULE = Rule(
    "RA109",
    "mixed-entrypoints",
    "error",
    __doc__ or "",
    check_project=_check,
)
