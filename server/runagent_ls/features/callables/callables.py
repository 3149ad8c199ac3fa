"""What a Python file of the project has to call, and what parsing tells about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.callables.members import members
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.model import Resolution
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.project.questions import Answers, Questions
from runagent_ls.project.resolution import examine
from runagent_ls.pyfile.model import Proof, Symbol
from runagent_ls.pyfile.signature_schema import signature_text

MAX_FILES: Final = 200
"""Files that are remembered at a time."""
MAX_NAMES: Final = 2_000
"""Names of one file that are looked at."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name at the top level of a file, or an attribute of one, with what it stands for."""

    file: FilePath
    name: str
    """Dotted, as `module` of an entrypoint has it."""
    resolution: Resolution

    @property
    def symbol(self) -> Symbol | None:
        return self.resolution.symbol

    @property
    def can_be_called(self) -> bool:
        """A call by its name alone may work."""
        found = self.resolution
        return found.is_callable is not Proof.REFUTED and not found.needs_instance

    @property
    def certainly_callable(self) -> bool:
        return self.can_be_called and self.resolution.is_callable is Proof.PROVEN

    @property
    def is_private(self) -> bool:
        return self.name.rpartition(".")[2].startswith("_")

    @property
    def is_own_function(self) -> bool:
        """A function that this very file defines and that can be called."""
        symbol = self.symbol
        own = symbol is not None and symbol.kind == "function"
        return own and self.resolution.defined_in == self.file and self.certainly_callable

    @property
    def streams(self) -> Proof:
        return self.resolution.streams

    @property
    def signature(self) -> str:
        """The signature as Python writes it, empty when it is not known."""
        known = self.resolution.signature
        return signature_text(known) if known is not None else ""

    @property
    def docstring(self) -> str:
        symbol = self.symbol
        return (symbol.docstring or "") if symbol is not None else ""


@dataclass(slots=True)
class _Read:
    reader: RecordingReader
    ask: Questions
    below: dict[str, tuple[Named, ...]] = field(default_factory=dict)
    """By the name whose attributes they are; empty for those of the file itself."""
    single: dict[str, Named] = field(default_factory=dict)


class Callables:
    """Remembers what files hold for as long as they and those they import stay the same."""

    def __init__(self) -> None:
        self._known: dict[FilePath, _Read] = {}

    def of(
        self, file: FilePath, owner: str, root: FilePath, files: FileSource
    ) -> tuple[Named, ...]:
        """The top-level names of a file in source order, or the attributes of `owner` there.

        Without names that are certainly data, and those of which nothing is known.
        """
        known = self._read(file, root, files)
        found = known.below.get(owner)
        if found is None:
            names = self._names(file, owner, known)
            named = (self._named(file, name, known) for name in names)
            found = known.below[owner] = tuple(it for it in named if _is_worth_showing(it))
        return found

    def one(self, file: FilePath, module: str, root: FilePath, files: FileSource) -> Named | None:
        """What one dotted name stands for; None when the file cannot be read."""
        known = self._read(file, root, files)
        return self._named(file, module, known) if known.reader.python(file) is not None else None

    def reader(self, file: FilePath, root: FilePath, files: FileSource) -> RecordingReader:
        """For further questions about what a file names."""
        return self._read(file, root, files).reader

    def _names(self, file: FilePath, owner: str, known: _Read) -> Iterable[str]:
        source = known.reader.python(file)
        if source is None:
            return ()
        if owner:
            return [f"{owner}.{name}" for name in members(file, owner, known.ask)]
        return list(source.symbols)[:MAX_NAMES]

    def _named(self, file: FilePath, name: str, known: _Read) -> Named:
        found = known.single.get(name)
        if found is None:
            found = known.single[name] = Named(file, name, examine(name, file, known.ask))
        return found

    def _read(self, file: FilePath, root: FilePath, files: FileSource) -> _Read:
        known = self._known.get(file)
        if known is None or not known.reader.still_holds(files):
            if len(self._known) >= MAX_FILES:
                self._known.clear()
            reader = RecordingReader(root, files)
            known = self._known[file] = _Read(reader, Questions(Answers(reader)))
        return known


def _is_worth_showing(named: Named) -> bool:
    """Names that say nothing about themselves are as often objects to call as not: `build()`."""
    symbol = named.symbol
    if named.name.rpartition(".")[2].startswith("__") or symbol is None:
        return False
    if named.resolution.is_callable is Proof.PROVEN:
        return True
    return symbol.kind in {"instance", "class", "other", "partial", "function"}
