"""Classes of the project and their instances: inheritance, methods, attributes, calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.behaviour import Behaviour, forwarded
from runagent_ls.project.builtin_objects import builtin_type, value_of
from runagent_ls.project.names import Names
from runagent_ls.project.objects import (
    NOT_KNOWN,
    Found,
    Thing,
    nearest,
    unknown,
    without_first,
)
from runagent_ls.pyfile.model import Proof, Signature, Symbol

_DATACLASS: Final = {"dataclasses.dataclass"}
_HOOKS: Final = {"__getattr__", "__getattribute__", "__init_subclass__", "__slots__"}
_ATTRIBUTE_HOOKS: Final = {"__setattr__", "__getattribute__", "__get__"}
_ITERATION: Final = {"__iter__", "__getitem__"}


@dataclass(slots=True)
class Lineage:
    """A class and the classes of the project it inherits from, nearest first.

    `complete`: nothing but these and `builtins_` contributes attributes. `plain`: no decorator or
    metaclass that could have replaced the class or its members.
    """

    classes: list[tuple[Symbol, FilePath]] = field(default_factory=list)
    builtins_: list[type] = field(default_factory=list)
    complete: bool = True
    plain: bool = True
    branching: bool = False
    generated_init: bool = False

    def holders(self, name: str) -> Iterator[tuple[Symbol, FilePath]]:
        """Classes whose body binds the name."""
        return ((symbol, path) for symbol, path in self.classes if name in symbol.members)

    def defines(self, names: set[str]) -> bool:
        return any(not names.isdisjoint(symbol.members) for symbol, _ in self.classes)


def lineage(names: Names, symbol: Symbol, path: FilePath) -> Lineage:
    """What is known of the class's bases."""
    found = Lineage()
    _add(names, found, symbol, path, depth=0)
    if found.defines(_HOOKS) or found.defines({"__class__"}):
        found.complete = False
    if found.defines({"__init_subclass__", "__set_name__"}) and len(found.classes) > 1:
        found.plain = False
    if not found.plain:
        found.complete = False
    return found


def _add(names: Names, found: Lineage, symbol: Symbol, path: FilePath, *, depth: int) -> None:
    if depth > 16:
        found.complete = found.plain = False
        return
    found.classes.append((symbol, path))
    for decorator in symbol.decorators:
        if names.qualified(path, decorator.partition("(")[0].strip()) in _DATACLASS:
            found.generated_init = True
            found.complete = False
        else:
            found.plain = False
    bases = [base for base in symbol.bases if base != "object"]
    found.branching = found.branching or len(bases) > 1
    for base in bases:
        _add_base(names, found, base, path, depth)


def _add_base(names: Names, found: Lineage, base: str, path: FilePath, depth: int) -> None:
    if not all(part.isidentifier() for part in base.split(".")):
        found.complete = found.plain = False
        return
    built_in = builtin_type(base)
    if built_in is not None and names.is_builtin(base, path):
        found.builtins_.append(built_in)
        return
    answer = names.chain(path, base)
    thing = answer.things[0] if len(answer.things) == 1 else None
    if thing is None or thing.kind != "class" or thing.symbol is None or thing.path is None:
        found.complete = found.plain = False
        return
    _add(names, found, thing.symbol, thing.path, depth=depth + 1)


def class_thing(names: Names, symbol: Symbol, path: FilePath) -> Thing:
    """A class as something to call."""
    line = lineage(names, symbol, path)
    if not line.plain:
        return replace(unknown(symbol, path), signature=_init_signature(line))
    iterable = line.defines(_ITERATION) or line.defines({"__new__"}) or line.builtins_
    signature = _init_signature(line)
    return Thing(
        "class",
        symbol,
        path,
        behaviour=Behaviour("sync", ("instance" if line.complete and not iterable else "unknown",)),
        is_callable=Proof.PROVEN,
        signature=signature,
        signature_certain=signature is not None and line.complete and not line.branching,
    )


def _init_signature(line: Lineage) -> Signature | None:
    if line.generated_init or line.defines({"__new__"}):
        return None
    for symbol, _ in line.holders("__init__"):
        init = symbol.members["__init__"]
        return without_first(init.signature) if init.certain and not init.decorators else None
    return Signature((), None) if line.complete and not line.builtins_ else None


def instance_thing(names: Names, class_: Thing, symbol: Symbol, path: FilePath) -> Thing:
    """What calling a class gives, bound to `symbol` in the file at `path`."""
    if class_.symbol is None or class_.path is None:
        return unknown(symbol, path)
    line = lineage(names, class_.symbol, class_.path)
    if not line.plain or line.defines({"__new__"}):
        return unknown(symbol, path)
    thing = Thing("instance", symbol, path, class_=class_.symbol, class_path=class_.path)
    call = _member(names, line, "__call__")
    if call is not None and call.kind == "function" and call.behaviour is not None:
        return replace(
            thing,
            behaviour=forwarded(call.behaviour),
            is_callable=Proof.PROVEN,
            signature=without_first(call.signature),
            signature_certain=call.signature_certain,
        )
    absent = call is None and line.complete and not names.may_be_set("__call__")
    inherited = any(hasattr(one, "__call__") for one in line.builtins_)  # noqa: B004 - asked of the class
    refuted = absent and not inherited and not line.defines({"__call__"})
    return replace(thing, is_callable=Proof.REFUTED if refuted else Proof.UNKNOWN)


def _member(names: Names, line: Lineage, name: str) -> Thing | None:
    """The plain function that a class of the line binds to the name, before binding."""
    holders = list(line.holders(name))
    if not holders:
        return None
    if len(holders) > 1 and line.branching:
        return unknown()
    owner, path = holders[0]
    symbol = owner.members[name]
    if not symbol.certain or symbol.kind not in {"function", "lambda"}:
        return unknown(symbol, path)
    return names.function(symbol, path, owner.members)


def class_attribute(names: Names, thing: Thing, name: str) -> Found:
    """`Class.name`."""
    if thing.symbol is None or thing.path is None:
        return NOT_KNOWN
    line = lineage(names, thing.symbol, thing.path)
    found = _class_level(names, line, name, on_instance=False)
    if found is not None:
        return found
    if not line.complete or hasattr(type, name) or _from_builtins(line, name):
        return NOT_KNOWN
    if names.may_be_set(name) or names.escapes():
        return NOT_KNOWN
    return Found(Proof.REFUTED, (), _near(line, name, instance=False))


def instance_attribute(names: Names, thing: Thing, name: str) -> Found:
    """`instance.name`."""
    if thing.class_ is None or thing.class_path is None:
        return NOT_KNOWN
    line = lineage(names, thing.class_, thing.class_path)
    own = [symbol for symbol, _ in line.classes if name in symbol.instance_attributes]
    if own:
        if any(name in symbol.members for symbol, _ in line.classes):
            return NOT_KNOWN
        return _set_on_self(line, name)
    found = _class_level(names, line, name, on_instance=True)
    if found is not None:
        return found
    leaks = any(symbol.leaks_self for symbol, _ in line.classes)
    if not line.complete or leaks or hasattr(object, name) or _from_builtins(line, name):
        return NOT_KNOWN
    if names.may_be_set(name) or names.escapes():
        return NOT_KNOWN
    return Found(Proof.REFUTED, (), _near(line, name, instance=True))


def _set_on_self(line: Lineage, name: str) -> Found:
    """What methods assign to `self`; certain when the `__init__` that runs always does so."""
    runs = next(line.holders("__init__"), None)
    if runs is None or not line.complete or line.branching or line.defines(_ATTRIBUTE_HOOKS):
        return NOT_KNOWN
    symbol = runs[0].instance_attributes.get(name)
    if symbol is None or symbol.conditional:
        return NOT_KNOWN
    # Other methods, or those of a base, may put something else there later.
    certain = symbol.certain and sum(name in s.instance_attributes for s, _ in line.classes) == 1
    if certain and symbol.kind in {"literal", "dict"}:
        return Found(Proof.PROVEN, (value_of(symbol, runs[1]),))
    return Found(Proof.PROVEN, (unknown(symbol, runs[1]),))


def _class_level(names: Names, line: Lineage, name: str, *, on_instance: bool) -> Found | None:
    """An attribute that class bodies bind; None when none does."""
    holders = list(line.holders(name))
    if not holders:
        return None
    owner, path = holders[0]
    symbol = owner.members[name]
    sure = line.plain and not (line.branching and len(holders) > 1)
    sure = sure and not line.defines({"__getattribute__"})
    if not sure or not symbol.certain or names.may_be_set(name):
        return Found(Proof.UNKNOWN, (unknown(symbol, path),))
    return bound_member(names, symbol, owner.members, path, on_instance=on_instance)


def bound_member(
    names: Names,
    symbol: Symbol,
    members: Mapping[str, Symbol],
    path: FilePath,
    *,
    on_instance: bool,
) -> Found:
    """What asking for a name of a class body gives, on an instance or on the class."""
    match symbol.kind:
        case "literal" | "dict":
            return Found(Proof.PROVEN, (value_of(symbol, path),))
        case "class":
            return Found(Proof.PROVEN, (class_thing(names, symbol, path),))
        case "function" | "lambda":
            return _bound_function(names, symbol, members, path, on_instance=on_instance)
        case _:
            return Found(Proof.UNKNOWN, (unknown(symbol, path),))


def _bound_function(
    names: Names,
    symbol: Symbol,
    members: Mapping[str, Symbol],
    path: FilePath,
    *,
    on_instance: bool,
) -> Found:
    outermost = symbol.decorators[0] if symbol.decorators else ""
    role = outermost if outermost in {"staticmethod", "classmethod", "property"} else ""
    if role and (role in members or not names.is_builtin(role, path)):
        return Found(Proof.UNKNOWN, (unknown(symbol, path),))
    if role == "property":
        return _property(symbol, path, on_instance=on_instance)
    thing = names.function(symbol, path, members, skip=1 if role else 0)
    # These two need no decorator when a class body defines them.
    bound = on_instance or symbol.name in {"__init_subclass__", "__class_getitem__"}
    if thing.kind == "function" and role != "staticmethod":
        if bound or role == "classmethod":
            signature = without_first(thing.signature)
            certain = thing.signature_certain and signature is not None
            thing = replace(thing, signature=signature, signature_certain=certain)
        else:
            thing = replace(thing, needs_instance=_needs_first(thing))
    return Found(Proof.PROVEN, (thing,))


def _needs_first(thing: Thing) -> bool:
    """Whether a call by the caller's own arguments misses the instance."""
    parameters = thing.signature.parameters if thing.signature is not None else ()
    if not parameters or not thing.signature_certain:
        return False
    first = parameters[0]
    positional = first.kind in {"positional_only", "positional_or_keyword"}
    return positional and first.default is None


def _property(symbol: Symbol, path: FilePath, *, on_instance: bool) -> Found:
    """On the class the property object itself, on an instance what its getter gives."""
    thing = Thing("property", symbol, path, is_callable=Proof.REFUTED)
    if not on_instance:
        return Found(Proof.PROVEN, (thing,))
    kinds = set(symbol.returns)
    values = {"str", "bytes", "number", "none", "dict", "iterable"}
    plain = bool(kinds) and kinds <= values and not symbol.is_async and len(symbol.decorators) == 1
    return Found(
        Proof.UNKNOWN,
        (thing if plain else replace(thing, is_callable=Proof.UNKNOWN),),
    )


def _from_builtins(line: Lineage, name: str) -> bool:
    return any(hasattr(one, name) for one in line.builtins_)


def _near(line: Lineage, name: str, *, instance: bool) -> tuple[str, ...]:
    choices = [member for symbol, _ in line.classes for member in symbol.members]
    if instance:
        choices.extend(n for symbol, _ in line.classes for n in symbol.instance_attributes)
    return nearest(name, choices)
