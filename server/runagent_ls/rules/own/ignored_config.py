"""A second configuration file is never read.

## What it does
Tells that another configuration lies beside this one.

## Why is this bad
RunAgent reads the first of `runagent.config.json`, `runagent.config.yaml` and
`runagent.config.yml` that exists. Changes in the others have no effect.

## Example
`runagent.config.json` and `runagent.config.yaml` in one folder.

## Use instead
Keep one of them.

## Fix
None: which of the two is right only you know.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(project: AgentProject) -> Iterator[Issue]:
    own = project.config_path.name
    others = project.surroundings.other_configs
    rank = {name: at for at, name in enumerate(CONFIG_NAMES)}
    if project.config_error is not None or own not in rank or not others:
        return
    first = min([own, *others], key=lambda name: rank[name])
    if first == own:
        message = f"RunAgent reads this file and never {' or '.join(others)}, which lies beside it."
    else:
        message = f"RunAgent never reads this file, because {first} lies beside it."
    yield Issue(message, InConfig(("agent_name",), "key"))


RULE = Rule("RA903", "ignored-config", "warning", __doc__ or "", check_project=_check)
