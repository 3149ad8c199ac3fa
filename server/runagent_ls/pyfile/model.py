"""What is known of the names in Python source without running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, TypeAlias

from runagent_ls.pyfile.docstrings import parameter_descriptions
from runagent_ls.text.position import Span


class Proof(Enum):
    """Answer to a question about code. Only `REFUTED` may become an error or a warning."""

    PROVEN = "proven"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


ParameterKind: TypeAlias = Literal[
    "positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; annotation and default as written in the source.

    `docstring` is the whole function's.
    """

    name: str
    kind: ParameterKind
    annotation: str | None
    default: str | None
    span: Span
    docstring: str | None = None

    @property
    def description(self) -> str | None:
        """What the docstring says of it, which takes time to find out."""
        return parameter_descriptions(self.docstring).get(self.name) if self.docstring else None


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters as a caller sees them: `self` and `cls` are left out once bound."""

    parameters: tuple[Parameter, ...]
    returns: str | None


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call in a function's own body: the callee as written, and the whole call's place."""

    callee: str
    span: Span


SymbolKind: TypeAlias = Literal[
    "function", "class", "instance", "partial", "lambda", "import", "dict", "literal", "other"
]
"""`instance`: `Name(...)`; `literal`: str, number, list, tuple, set, None, f-string;
`other`: any expression that says nothing certain."""

ReturnKind: TypeAlias = Literal[
    "str",
    "bytes",
    "number",
    "none",
    "dict",
    "iterable",
    "generator",
    "async_generator",
    "coroutine",
    "instance",
    "unknown",
]
"""What a call gives: `number` covers bool and complex, `iterable` list, tuple and set; an
`instance` is one of a class of the project that cannot be iterated."""


@dataclass(frozen=True, slots=True)
class BoundArguments:
    """What `functools.partial` was given behind the function.

    `exact` is false when `*` or `**` hides some of it.
    """

    positional: int
    keywords: tuple[str, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What a function does when it is used as a decorator, as far as its shape is plain.

    `returns_argument`: the decorated object itself comes back. Otherwise an inner function does:
    `is_async` and `is_generator` are its own, `forwards` tells that each of its ways to return
    gives exactly what calling the decorated function gives, not awaited and not iterated.
    `keeps_arguments`: the inner function takes `*args, **kwargs`.
    """

    returns_argument: bool = False
    is_async: bool = False
    is_generator: bool = False
    forwards: bool = False
    keeps_arguments: bool = False


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name bound in a module or class body.

    `target` is the expression a name stands for: the imported dotted name for `import`
    (`.helpers:greet`, `json:` for a whole module), the callee for `instance`, the first argument
    for `partial`, the source of `other`. `certain` is false when more than one binding or a
    condition decides what the name is at run time. `keys` are the literal keys of a `dict`.
    """

    name: str
    kind: SymbolKind
    span: Span
    """The name itself."""
    full_span: Span
    """The whole statement, decorators included."""
    certain: bool = True
    is_async: bool = False
    is_generator: bool = False
    decorators: tuple[str, ...] = ()
    """Decorator expressions as written, without `@`, outermost first."""
    signature: Signature | None = None
    """As written: `self` is still there. `Resolution.signature` is what a caller sees."""
    docstring: str | None = None
    target: str | None = None
    bases: tuple[str, ...] = ()
    """Base classes as written; keywords such as `metaclass=M` included."""
    keys: tuple[str, ...] = ()
    members: Mapping[str, Symbol] = field(default_factory=dict)
    """Names bound in a class body; private ones (`__x`) under their mangled name."""
    alternatives: tuple[Symbol, ...] = ()
    """All bindings that may win, in source order, when there are several; else empty."""
    conditional: bool = False
    """True when the name may be unbound at run time."""
    rebound: bool = False
    """True when the file binds the name more than once, even if the last binding wins."""
    attributes: Mapping[str, Symbol] = field(default_factory=dict)
    """Attributes set from outside at module level: `app.invoke = f`."""
    instance_attributes: Mapping[str, Symbol] = field(default_factory=dict)
    """Of a class: what its methods set on `self`; `conditional` unless `__init__` always does."""
    leaks_self: bool = False
    """Of a class: a method hands `self` on, so anything may be set on an instance."""
    value_type: str | None = None
    """Name of the built-in type of a `literal` or `dict`."""
    callee: str | None = None
    """Of a `partial`: the expression that was called, such as `functools.partial`."""
    bound: BoundArguments | None = None
    returns: tuple[ReturnKind, ...] = ()
    """Of a function or lambda that is no generator: every kind its calls can return."""
    wrapping: Wrapping | None = None
    """What `@name` does."""
    factory_wrapping: Wrapping | None = None
    """What `@name(...)` does."""
    blocking_calls: tuple[CallSite, ...] = ()
    """Of a sync generator: every call of a dotted name; in `Resolution.symbol` only those that
    are known to block (`time.sleep`, `requests.get`)."""
    bare_next_calls: tuple[CallSite, ...] = ()
    """`next(x)` without a default and outside any `try`, in a sync function without `yield`."""


@dataclass(frozen=True, slots=True)
class PythonSyntaxError:
    """Where `ast` gave up, in code points of the text.

    `newer_python` is true when the place looks like syntax that this interpreter is too old for
    and a newer one may accept: then it is no proof that the agent's interpreter refuses it.
    """

    message: str
    span: Span
    newer_python: bool = False
