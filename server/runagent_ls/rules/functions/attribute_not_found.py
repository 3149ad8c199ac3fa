"""An object does not have this attribute.

## What it does
Follows the parts of `module` behind the first dot through classes, instances and modules of the
project. When the agent was verified or served, also tells what was not there at run time.

## Why is this bad
The agent does not start: `'A' object has no attribute 'invoke'`.

## Example
```python
class App:
    def invoke(self, text): ...

app = App()      # "module": "app.invok"
```

## Use instead
```python
class App:
    def invoke(self, text): ...

app = App()      # "module": "app.invoke"
```

## Fix
The only name that comes close is put in.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.faults import faults, place_of, text_of
from runagent_ls.rules.functions.module_form import plain_name
from runagent_ls.rules.functions.places import has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    found, module = entrypoint.resolution, entrypoint.module
    if found is None or not module or found.exists is not Proof.REFUTED or found.owner is None:
        return
    if found.owner.kind == "dict" or plain_name(entrypoint) or not has_whole_source(entrypoint):
        return
    part = found.failed_part or ""
    message = f"{found.owner.name} has no attribute {part}."
    repair = None
    if found.nearest:
        message += f" Did you mean {' or '.join(found.nearest[:3])}?"
    if len(found.nearest) == 1:
        parts = module.split(".")
        parts[parts.index(part, 1)] = found.nearest[0]
        better = ".".join(parts)
        edit = SetValue(("module",), better)
        repair = Repair(f"Change to {better}", (edit,), safe=False)
    yield Issue(
        message, InConfig(("module",)), repair=repair, data={"nearest": list(found.nearest)}
    )


def _observed(project: AgentProject) -> Iterator[Issue]:
    for entrypoint, fault in faults(project, "attribute"):
        found = entrypoint.resolution
        if found is None or found.exists is not Proof.REFUTED:
            name = "" if fault.exception == "AttributeError" else f"{fault.exception}: "
            yield Issue(
                f"{entrypoint.module} is not there when {entrypoint.file} has been imported:"
                f" {name}{text_of(fault)}.",
                InConfig((*entrypoint.path, "module")),
                twin=place_of(fault.steps[-1], project) if fault.steps else None,
                twin_text="Where it went wrong",
            )


RULE = Rule(
    "RA304",
    "attribute-not-found",
    "error",
    __doc__ or "",
    check_project=_observed,
    check_entrypoint=_check,
    fixable=True,
)
