"""What is known of a Python file without running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, TypeAlias

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
    """One parameter; annotation and default as written in the source."""

    name: str
    kind: ParameterKind
    annotation: str | None
    default: str | None
    span: Span
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters as a caller sees them: `self` and `cls` are left out once bound."""

    parameters: tuple[Parameter, ...]
    returns: str | None


SymbolKind: TypeAlias = Literal[
    "function", "class", "instance", "partial", "lambda", "import", "dict", "literal", "other"
]
"""`instance`: `Name(...)`; `literal`: str, number, list, tuple, set, None, f-string;
`other`: any expression that says nothing certain."""


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
    signature: Signature | None = None
    docstring: str | None = None
    target: str | None = None
    bases: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    members: Mapping[str, Symbol] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PythonSyntaxError:
    """Where `ast` gave up, in code points of the text."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class PyFile:
    """One source file. `stale` means: the symbols are those of the last text that parsed.

    `dynamic` tells that names may exist which no parser can see (`from x import *`,
    `__getattr__`, `globals()[...]`, `exec`): a missing name is then *unknown*, not *refuted*.
    """

    text: str
    symbols: Mapping[str, Symbol]
    dynamic: bool
    syntax_error: PythonSyntaxError | None = None
    stale: bool = False
