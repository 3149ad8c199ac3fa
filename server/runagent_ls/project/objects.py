"""What a name of the project stands for: things that have attributes and may be called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Literal, NamedTuple, TypeAlias

from runagent_ls.project.behaviour import Behaviour
from runagent_ls.project.importing import Module
from runagent_ls.pyfile.model import Parameter, Proof, Signature, Symbol

ThingKind: TypeAlias = Literal[
    "function", "class", "instance", "module", "value", "property", "unknown"
]
"""`value`: an object of a built-in type, its name is in `type_name`."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One object that a name may stand for. `symbol` and `path` say where it is defined."""

    kind: ThingKind
    symbol: Symbol | None = None
    path: FilePath | None = None
    behaviour: Behaviour | None = None
    is_callable: Proof = Proof.UNKNOWN
    signature: Signature | None = None
    signature_certain: bool = False
    needs_instance: bool = False
    module: Module | None = None
    type_name: str | None = None
    class_: Symbol | None = None
    """Of an instance: its class, defined in `class_path`."""
    class_path: FilePath | None = None


class Found(NamedTuple):
    """Answer to "is there such a name, and what may it be?"."""

    exists: Proof
    things: tuple[Thing, ...] = ()
    nearest: tuple[str, ...] = ()


NOT_KNOWN = Found(Proof.UNKNOWN)


def unknown(symbol: Symbol | None = None, path: FilePath | None = None) -> Thing:
    """Something of which only the place is known."""
    signature = symbol.signature if symbol is not None else None
    return Thing("unknown", symbol, path, signature=signature)


def agreement(proofs: Iterable[Proof]) -> Proof:
    """The answer that all give; unknown when they differ or there are none."""
    found = set(proofs)
    return found.pop() if len(found) == 1 else Proof.UNKNOWN


def without_first(signature: Signature | None) -> Signature | None:
    """The parameters once the first positional one is bound; None when that is not possible."""
    if signature is None or not signature.parameters:
        return None
    first, *rest = signature.parameters
    if first.kind == "var_positional":
        return signature
    if first.kind in {"keyword_only", "var_keyword"}:
        return None
    return Signature(tuple(rest), signature.returns)


def after_partial(signature: Signature, positional: int, keywords: Iterable[str]) -> Signature:
    """The parameters that a `functools.partial` still takes.

    A parameter given by keyword may be given again, but a form need not ask for it: it is left out
    like the others. Those behind it can then be reached by their names alone.
    """
    bound, given = positional, set(keywords)
    left: list[Parameter] = []
    by_name = False
    for parameter in signature.parameters:
        kind = parameter.kind
        if bound and kind in {"positional_only", "positional_or_keyword"}:
            bound -= 1
        elif parameter.name in given and kind in {"positional_or_keyword", "keyword_only"}:
            by_name = by_name or kind == "positional_or_keyword"
        elif by_name and kind == "positional_or_keyword":
            left.append(replace(parameter, kind="keyword_only"))
        elif not (by_name and kind == "var_positional"):
            left.append(parameter)
    return Signature(tuple(left), signature.returns)


def nearest(name: str, choices: Sequence[str]) -> tuple[str, ...]:
    """The closest names, best first; a name that differs only in case before all others."""
    known = list(dict.fromkeys(choices))
    same = [choice for choice in known if choice.lower() == name.lower()]
    close = get_close_matches(name, known, n=3, cutoff=0.6)
    return tuple(dict.fromkeys([*same, *close]))[:3]
