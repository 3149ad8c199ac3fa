"""The agent folder has no configuration file.

## What it does
Tells that the file that was asked for is not there.

## Why is this bad
A folder without `runagent.config.json`, `runagent.config.yaml` or `runagent.config.yml` is no
agent: every command of RunAgent refuses it.

## Example
A folder with `main.py` alone.

## Use instead
Put a `runagent.config.json` beside `main.py`.

## Fix
None here: editors offer to make the folder an agent.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    if project.config_error == "is not there":
        yield Issue(
            f"No configuration file: {project.config_path.name} is not there. RunAgent looks for "
            "runagent.config.json, runagent.config.yaml and runagent.config.yml in the agent's "
            "folder.",
            InConfig(()),
        )


RULE = Rule(
    "RA902",
    "missing-config",
    "error",
    __doc__ or "",
    check_project=_check,
    reads_broken_config=True,
)
