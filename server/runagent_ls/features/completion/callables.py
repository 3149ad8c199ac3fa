"""What a Python file of the project has to call, and what parsing tells about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.file_source import FileSource
from runagent_ls.project.model import Resolution
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.project.questions import Answers, Questions
from runagent_ls.project.resolution import examine
from runagent_ls.pyfile.model import Proof
from runagent_ls.pyfile.signature_schema import signature_text

MAX_NAMES: Final = 2_000
"""Names of one file that are looked at."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name at the top level of a file, or an attribute of one, with what it stands for."""

    name: str
    """Dotted, as `module` of an entrypoint has it."""
    resolution: Resolution

    @property
    def can_be_called(self) -> bool:
        """A call by its name alone may work."""
        found = self.resolution
        return found.is_callable is not Proof.REFUTED and not found.needs_instance

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
        symbol = self.resolution.symbol
        return (symbol.docstring or "") if symbol is not None else ""


@dataclass(slots=True)
class _Read:
    reader: RecordingReader
    ask: Questions
    names: dict[str, tuple[Named, ...]] = field(default_factory=dict)
    """By what stands in front of the last dot."""


class Callables:
    """Remembers what files hold for as long as they and those they import stay the same."""

    def __init__(self) -> None:
        self._known: dict[FilePath, _Read] = {}

    def of(self, file: FilePath, root: FilePath, files: FileSource) -> tuple[Named, ...]:
        """The top-level names of a file in source order, without those that are certainly data."""
        known = self._read(file, root, files)
        found = known.names.get("")
        if found is None:
            source = known.reader.python(file)
            names = list(source.symbols)[:MAX_NAMES] if source is not None else []
            named = (Named(name, examine(name, file, known.ask)) for name in names)
            found = known.names[""] = tuple(it for it in named if _is_worth_showing(it))
        return found

    def _read(self, file: FilePath, root: FilePath, files: FileSource) -> _Read:
        known = self._known.get(file)
        if known is None or not known.reader.still_holds(files):
            reader = RecordingReader(root, files)
            known = self._known[file] = _Read(reader, Questions(Answers(reader)))
        return known


def _is_worth_showing(named: Named) -> bool:
    """Names that say nothing about themselves are as often constants as not: `app = build()`."""
    symbol = named.resolution.symbol
    if named.name.startswith("__") or symbol is None:
        return False
    if named.resolution.is_callable is Proof.PROVEN:
        return True
    return symbol.kind in {"instance", "class", "other", "partial", "function"}
