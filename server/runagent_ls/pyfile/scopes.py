"""Which binding each name of a source text means: Python's scopes, without running anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from runagent_ls.text.position import Span

ScopeKind: TypeAlias = Literal["module", "class", "function", "comprehension", "annotation"]


class Scope:
    """A module, class, function, lambda, comprehension, or the type parameters of one of them."""

    __slots__ = ("bound", "first", "globals", "kind", "nonlocals", "parent")

    def __init__(self, kind: ScopeKind, parent: Scope | None) -> None:
        self.kind: ScopeKind = kind
        self.parent = parent
        self.bound: set[str] = set()
        self.first: str | None = None
        """Of a method: the parameter that is the instance, or the class."""
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()

    def binder(self, name: str, besides: Scope | None = None) -> Scope:
        """The scope whose binding a name means here; the module's for what nobody binds.

        `besides` is a scope that is taken to bind the name as well.
        """
        scope, start = self, self
        while scope.parent is not None:
            if name in scope.globals:
                break
            seen = scope.kind != "class" or scope is start
            if seen and (name in scope.bound - scope.nonlocals or scope is besides):
                return scope
            scope = scope.parent
        while scope.parent is not None:
            scope = scope.parent
        return scope


@dataclass(frozen=True, slots=True)
class NameUse:
    """A name where it is read, bound or declared. `span` holds the name alone."""

    name: str
    span: Span
    scope: Scope
    binds: bool = False
    declares: bool = False
    """It stands behind `global` or `nonlocal`."""
    imported: bool = False
    """It is bound by an import, with `as` or without."""

    @property
    def either(self) -> bool:
        """Read in a class body that binds it: the class's binding or an outer one, by time."""
        scope = self.scope
        return not self.binds and scope.kind == "class" and self.name in scope.bound


@dataclass(frozen=True, slots=True)
class AttributeUse:
    """`base.name`. `chain` is the dotted text of `base` when it is names alone, `callee` that of
    `callee(...)` when `base` is such a call; `plain` tells that it is a constant or a display."""

    name: str
    span: Span
    chain: str | None
    scope: Scope
    callee: str | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class ImportUse:
    """One name of an import statement.

    `module` has its leading dots; `name` is None for `import module`, `*` for a star. `bound` is
    what the scope gets, `span` the place of `name`.
    """

    module: str
    name: str | None
    bound: str
    span: Span
    scope: Scope
    renamed: bool
    """There is an `as`."""


@dataclass(frozen=True, slots=True)
class StringUse:
    """A string constant. `span` is what stands between the quotes; None when that is not `value`.

    `owner` is the dotted text of the object whose attribute it names: `getattr(owner, "value")`.
    """

    value: str
    span: Span | None
    scope: Scope
    in_all: bool = False
    owner: str | None = None


@dataclass(slots=True)
class Names:
    """Everything in a text that is or may be a name, in no particular order."""

    module: Scope
    uses: list[NameUse] = field(default_factory=list)
    attributes: list[AttributeUse] = field(default_factory=list)
    imports: list[ImportUse] = field(default_factory=list)
    strings: list[StringUse] = field(default_factory=list)
    bases: list[tuple[str, Span]] = field(default_factory=list)
    """Dotted texts of what classes inherit from."""
    unplaced: dict[str, int] = field(default_factory=dict)
    """Names of which a place could not be told, with an offset near it."""
