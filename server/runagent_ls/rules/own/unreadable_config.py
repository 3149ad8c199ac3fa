"""The configuration cannot be read.

## What it does
Tells that the configuration file is there but is a folder, a device, too large, or closed to you.

## Why is this bad
RunAgent cannot read it either, so the agent does not start.

## Example
A folder named `runagent.config.json`.

## Use instead
A text file of that name which you may read.

## Fix
None: what bars the way is not in the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    if project.config_error is not None and project.config_error != "is not there":
        yield Issue(
            f"{project.config_path.name} {project.config_error}. RunAgent needs a text file here.",
            InConfig(()),
        )


RULE = Rule(
    "RA901",
    "unreadable-config",
    "error",
    __doc__ or "",
    check_project=_check,
    reads_broken_config=True,
)
