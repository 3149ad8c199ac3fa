"""What is asked of files while a name is followed, kept to tell later whether the answers hold.

An edit of one function leaves the answers about all others as they were. So a resolution notes
its questions; after an edit each distinct one is asked again, and only the resolutions of those
with another answer are made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Final, Literal, NamedTuple, TypeAlias

from runagent_ls.project.importing import Module, ModuleReader, find_module, has_submodule
from runagent_ls.pyfile.facts import origin, usage
from runagent_ls.pyfile.model import Symbol

Kind: TypeAlias = Literal[
    "file", "symbol", "names", "sets", "hands on", "module", "submodule", "mentions"
]


class Question(NamedTuple):
    """`name` of the file at `path`; `entry` is the entry file where the search path matters."""

    kind: Kind
    path: FilePath
    name: str = ""
    entry: FilePath | None = None


class FileFacts(NamedTuple):
    """What holds for all names of a file."""

    dynamic: bool
    generates_names: bool
    broken: bool
    star_imports: tuple[str, ...]


_UNASKED: Final = object()


class Answers:
    """Answers by what one `ModuleReader` sees, compared with those of the reading before."""

    def __init__(self, reader: ModuleReader, earlier: Answers | None = None) -> None:
        self.reader = reader
        self._earlier = earlier.known if earlier is not None else {}
        self.known: dict[Question, object] = {}
        self._places: dict[Question, object] = {}
        self._earlier_places = earlier._places if earlier is not None else {}
        self._offsets: dict[Question, tuple[int, int]] = {}
        self._hints = earlier._offsets if earlier is not None else {}
        """Where texts stood, counted from the start and from the end: a thousand searches through
        a long file take longer than everything else."""
        self._compared: dict[Question, tuple[bool, bool]] = {}

    def forget_earlier(self) -> None:
        """Drop what is needed for comparing alone."""
        self._earlier, self._earlier_places, self._hints = {}, {}, {}
        self._compared = {}

    def compared(self, question: Question) -> tuple[bool, bool]:
        """Whether the answer is the same as before, and whether its places are, too."""
        known = self._compared.get(question)
        if known is None:
            before = self._earlier.get(question, _UNASKED)
            same = self.of(question) == before
            stays = self._places.get(question) == self._earlier_places.get(question)
            known = self._compared[question] = (same, stays)
        return known

    def of(self, question: Question) -> object:
        """The answer in a form that is equal as long as nothing but places changes."""
        found = self.known.get(question, _UNASKED)
        if found is _UNASKED:
            found = self.known[question] = self._find(question)
        return found

    def _find(self, question: Question) -> object:
        kind, path, name, entry = question
        if kind == "module":
            return find_module(name, path, entry or path, self.reader)
        if kind == "submodule":
            return has_submodule(Module(path, path.parent), name, self.reader)
        file = self.reader.python(path)
        if file is None:
            return None
        match kind:
            case "file":
                broken = file.syntax_error is not None
                return FileFacts(file.dynamic, file.generates_names, broken, file.star_imports)
            case "symbol":
                found, self._places[question] = origin(file, name)
                return found
            case "names":
                return tuple(file.symbols)
            case "sets":
                used = usage(file)
                return used.any_attribute or name in used.stored
            case "hands on":
                return name in usage(file).escaping
            case _:
                return self._occurs(question, file.text)

    def _occurs(self, question: Question, text: str) -> bool:
        before, behind = self._hints.get(question, (-1, -1))
        wanted = question.name
        found = -1
        for start in (before, len(text) - behind):
            if before >= 0 and start >= 0 and text.startswith(wanted, start):
                found = start
        if found < 0:
            found = text.find(wanted)
        if found >= 0:
            self._offsets[question] = (found, len(text) - found)
        return found >= 0


class Questions:
    """Asks for one resolution, and notes what was `asked`."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.asked: dict[Question, None] = {}

    def _ask(self, question: Question) -> object:
        self.asked[question] = None
        return self._answers.of(question)

    def file(self, path: FilePath) -> FileFacts | None:
        """None for what cannot be read."""
        found = self._ask(Question("file", path))
        return found if isinstance(found, FileFacts) else None

    def symbol(self, path: FilePath, name: str) -> Symbol | None:
        """A top-level name of a file."""
        if self._ask(Question("symbol", path, name)) is None:
            return None
        file = self._answers.reader.python(path)
        return file.symbols.get(name) if file is not None else None

    def names(self, path: FilePath) -> Sequence[str]:
        """All top-level names of a file, in source order."""
        found = self._ask(Question("names", path))
        return found if isinstance(found, tuple) else ()

    def sets_attribute(self, path: FilePath, name: str) -> bool:
        """Whether the file may set an attribute of this name, on anything."""
        return self._ask(Question("sets", path, name)) is not False

    def hands_on(self, path: FilePath, name: str) -> bool:
        """Whether the file may give the object behind a name to code that changes it."""
        return self._ask(Question("hands on", path, name)) is not False

    def module(self, name: str, importer: FilePath, entry_file: FilePath) -> Module | None:
        """The file that an import reads, see `find_module`."""
        found = self._ask(Question("module", importer, name, entry_file))
        return found if isinstance(found, Module) else None

    def has_submodule(self, module: Module, name: str) -> bool:
        """See `importing.has_submodule`."""
        if module.folder is None:
            return False
        return bool(self._ask(Question("submodule", module.path, name)))

    def mentions(self, path: FilePath, text: str) -> bool:
        """Whether the file holds this text anywhere."""
        return bool(self._ask(Question("mentions", path, text)))
