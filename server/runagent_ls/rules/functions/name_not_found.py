"""The file does not define this name.

## What it does
Looks for the first part of `module` at the top level of the file, imports included. When the agent
was verified or served, also tells what was not there after the file had been imported.

## Why is this bad
The agent does not start: `Object 'gret' not found`.

## Example
```json
{"file": "main.py", "module": "gret", "tag": "greet"}
```

## Use instead
```json
{"file": "main.py", "module": "greet", "tag": "greet"}
```

## Fix
The only name that comes close is put in. Editors also offer to create the function.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.project.objects import nearest
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.faults import available, faults
from runagent_ls.rules.functions.module_form import plain_name
from runagent_ls.rules.functions.places import has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    found, module = entrypoint.resolution, entrypoint.module
    if found is None or not module or found.exists is not Proof.REFUTED or found.owner is not None:
        return
    if plain_name(entrypoint) is not None or not has_whole_source(entrypoint):
        return
    name, rest = found.failed_part or module, module.partition(".")[2]
    message = f"{entrypoint.file} does not define {name or 'an empty name'}."
    repair = None
    at = entrypoint.module_file
    if at is not None and at.source is not None and name in at.source.guarded_names:
        message = f"{name} is defined under the main guard alone, where RunAgent never comes."
    elif found.nearest:
        message += f" Did you mean {' or '.join(found.nearest[:3])}?"
    elif any(mark in module for mark in ":()/ "):
        message += " Write the bare name of a function in that file."
    if len(found.nearest) == 1:
        better = f"{found.nearest[0]}.{rest}" if rest else found.nearest[0]
        edit = SetValue(("module",), better)
        repair = Repair(f"Change to {better}", (edit,), safe=False)
    yield Issue(
        message, InConfig(("module",)), repair=repair, data={"nearest": list(found.nearest)}
    )


def _observed(project: AgentProject) -> Iterator[Issue]:
    for entrypoint, fault in faults(project, "name"):
        found = entrypoint.resolution
        if found is not None and found.exists is Proof.REFUTED:
            continue
        name = (entrypoint.module or "").partition(".")[0]
        message = (
            f"{entrypoint.file} does not define {name or 'an empty name'} when it is imported."
        )
        close = nearest(name, available(fault.message))
        if close:
            message += f" Did you mean {' or '.join(close)}?"
        repair = None
        if len(close) == 1:
            rest = (entrypoint.module or "").partition(".")[2]
            better = f"{close[0]}.{rest}" if rest else close[0]
            edit = SetValue((*entrypoint.path, "module"), better)
            repair = Repair(f"Change to {better}", (edit,), safe=False)
        yield Issue(
            message,
            InConfig((*entrypoint.path, "module")),
            repair=repair,
            data={"nearest": list(close)},
        )


RULE = Rule(
    "RA303",
    "name-not-found",
    "error",
    __doc__ or "",
    check_project=_observed,
    check_entrypoint=_check,
    fixable=True,
)
