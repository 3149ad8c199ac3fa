"""One Python file, as far as it is known without running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runagent_ls.pyfile.layout import Layout
from runagent_ls.pyfile.model import PythonSyntaxError, Symbol


@dataclass(frozen=True, slots=True)
class PyFile:
    """One source file. `stale` means: some symbols are those of the last text that parsed.

    `dynamic` tells that names may exist which no parser can see (`from x import *`,
    `__getattr__`, `globals()[...]`, `exec`): a missing name is then *unknown*, not *refuted*.
    """

    text: str
    symbols: Mapping[str, Symbol]
    """In source order. A name under `if __name__ == "__main__"` alone is not bound when served."""
    dynamic: bool
    syntax_error: PythonSyntaxError | None = None
    stale: bool = False
    star_imports: tuple[str, ...] = ()
    """Targets of `from x import *`, such as `.helpers:*`."""
    generates_names: bool = False
    """`dynamic` for another reason than star imports."""
    guarded_names: frozenset[str] = frozenset()
    """Names bound under `if __name__ == "__main__"`, where the server never comes."""
    layout: Layout | None = field(default=None, repr=False, compare=False)
    """How the text was cut, for the next edit."""
