"""Objects of built-in types, whose attributes are known without the project."""

from __future__ import annotations

import builtins
import types
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.objects import NOT_KNOWN, Found, Thing
from runagent_ls.pyfile.model import Proof, Symbol

_BUILTIN_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "str": (str,), "bytes": (bytes,), "int": (int,), "float": (float,), "complex": (complex,),
    "bool": (bool,), "number": (int, float), "list": (list,), "tuple": (tuple,), "set": (set,),
    "dict": (dict,), "NoneType": (type(None),), "ellipsis": (type(...),),
    "generator": (types.GeneratorType,),
}  # fmt: skip


def value_of(symbol: Symbol, path: FilePath) -> Thing:
    """An object of a built-in type that cannot be called."""
    return Thing(
        "value", symbol, path, is_callable=Proof.REFUTED, type_name=symbol.value_type or "object"
    )


def value_attribute(thing: Thing, name: str) -> Found:
    """Built-in objects have the attributes of their type and take no others."""
    possible = _BUILTIN_TYPES.get(thing.type_name or "", ())
    if not possible:
        return NOT_KNOWN
    if any(hasattr(one, name) for one in possible):
        return NOT_KNOWN
    return Found(Proof.REFUTED)


def builtin_type(name: str) -> type | None:
    """The built-in class of that name."""
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) else None
