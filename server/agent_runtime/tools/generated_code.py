"""Lets the code that mashumaro writes find types of files that were loaded by their path.

It names a type `package.module.Type`, and only local ones by a name of its own. A server of agents
calls the module of an agent's file `my-agent.main`: that is no name in code, no package knows of
the module, and of a folder with a dot in its name there is no package at all.

This module imports mashumaro: import it when a tool is made, not before.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Final

from mashumaro.core.meta.code import builder
from mashumaro.core.meta.code.builder import CodeBuilder

_IMPORT: Final = "ensure_module_imported"
_IS_LOCAL: Final = "is_local_type_name"


def find_types_of_any_module() -> None:
    """For the whole process: whatever type has a module gets a name of its own in the code.

    Does nothing to a mashumaro that is made otherwise: then such types cannot be taken, others can.
    """
    ensure: Callable[[CodeBuilder, ModuleType], None] | None = getattr(CodeBuilder, _IMPORT, None)
    if ensure is None or _IS_LOCAL not in vars(builder):
        return
    vars(builder)[_IS_LOCAL] = _has_a_module

    def ensure_if_there(self: CodeBuilder, module: ModuleType) -> None:
        with suppress(ImportError):
            ensure(self, module)

    setattr(CodeBuilder, _IMPORT, ensure_if_there)


def _has_a_module(name: str) -> bool:
    return "." in name
