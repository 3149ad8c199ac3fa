"""A key of a dictionary is addressed as an attribute.

## What it does
Finds `app.invoke` where `app` is a dictionary, as an example in RunAgent's documentation has it.

## Why is this bad
RunAgent reads attributes only. The agent does not start: `'dict' object has no attribute
'invoke'`.

## Example
```python
def invoke(text): ...

app = {"invoke": invoke}     # "module": "app.invoke"
```

## Use instead
```python
def invoke(text): ...        # "module": "invoke"
```

## Fix
When the value of that key is a name of the file, that name is put in.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.functions.places import has_whole_source
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    found = entrypoint.resolution
    if found is None or found.exists is not Proof.REFUTED or found.owner is None:
        return
    if found.owner.kind != "dict" or not has_whole_source(entrypoint):
        return
    part, source = found.failed_part or "", entrypoint.module_file
    repair = None
    same_name = source is not None and source.source is not None and part in source.source.symbols
    if same_name and part in found.owner.keys and (entrypoint.module or "").count(".") == 1:
        edit = SetValue(("module",), part)
        repair = Repair(f"Change to {part}", (edit,), safe=False)
    yield Issue(
        f"{found.owner.name} is a dictionary, and RunAgent looks for attributes, not keys."
        " Name the function itself.",
        InConfig(("module",)),
        repair=repair,
    )


RULE = Rule(
    "RA305",
    "dict-member",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
