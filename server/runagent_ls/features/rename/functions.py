"""Renaming what `module` of an entrypoint names: in Python, and in all configurations."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.features.changes import Change, Doubtful, RefusedError
from runagent_ls.features.rename.config_strings import config_edits
from runagent_ls.features.rename.module_names import ModuleNames
from runagent_ls.features.rename.occurrences import find_occurrences, hidden_by
from runagent_ls.features.rename.replacing import text_edits
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.document import Path
from runagent_ls.project.discovery import find_python
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.occurrences import read_names
from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.lines import line_index


@dataclass(frozen=True, slots=True)
class ModuleName:
    """A name of the module in the file `home`."""

    home: FilePath
    name: str


class FunctionRename:
    """Everything about one module-level name that entrypoints go through."""

    def __init__(self, snapshot: Snapshot, target: ModuleName) -> None:
        self.target = target
        self._snapshot = snapshot
        self._projects = _projects_around(snapshot, target)
        folders = _search_folders(snapshot, self._projects)
        self._modules = ModuleNames(snapshot.files, _entry_files(self._projects), folders)
        candidates = dict.fromkeys(
            [
                *(path for project in self._projects for path in project.sources),
                *(path for folder in folders for path in find_python(folder, snapshot.files)),
            ]
        )
        self.found = find_occurrences(
            target.name, target.home, candidates, snapshot.files, self._modules
        )

    def check(self) -> None:
        """Raises `RefusedError` when some use of the name cannot be told."""
        if self.found.problems:
            more = len(self.found.problems) - 1
            rest = f" And {more} more." if more else ""
            raise RefusedError(
                f"{self.target.name} cannot be renamed everywhere: {self.found.problems[0]}{rest}"
            )

    def change(self, new: str) -> Change:
        """Everything that changes. Raises `RefusedError`."""
        if new == self.target.name:
            return Change()
        _check_identifier(new)
        self.check()
        self._check_free(new)
        edits: list[TextEdit] = []
        for file, spans in self.found.spans.items():
            edits += text_edits(file, self._text(file), [(span, new) for span in spans])
        for project in self._projects:
            edits += self._in_config(project, new)
        return Change(tuple(edits), doubtful=tuple(self._doubtful(new)))

    def _text(self, file: FilePath) -> str:
        return self._snapshot.files.read(file).text or ""

    # --- the new name ---------------------------------------------------------------------

    def _check_free(self, new: str) -> None:
        for path in self.found.homes:
            if path.name == "__init__.py" and any(
                entry.name.partition(".")[0] == new
                for entry in self._snapshot.files.listing(path.parent)
            ):
                raise RefusedError(f"{new} is the name of a module in {path.parent.name}.")
        hidden = hidden_by(self.found, new)
        if hidden is not None:
            file, span = hidden
            line = line_index(self._text(file)).position(span.start).line + 1
            raise RefusedError(
                f"{new} means something else already in {file.name}, line {line}. "
                "Choose a name that is not in use there."
            )

    # --- configurations -------------------------------------------------------------------

    def _in_config(self, project: AgentProject, new: str) -> tuple[TextEdit, ...]:
        texts: dict[Path, str] = {}
        for entrypoint in project.entrypoints:
            parts = self._parts(entrypoint)
            renamed = [
                new if part == self.target.name and self._owner_is_home(entrypoint, parts[:at])
                else part
                for at, part in enumerate(parts)
            ]  # fmt: skip
            if renamed != parts:
                texts[*entrypoint.path, "module"] = ".".join(renamed)
        if not texts:
            return ()
        edits = config_edits(project.document, project.config_path, texts)
        return text_edits(project.config_path, project.document.text, edits)

    def _parts(self, entrypoint: Entrypoint) -> list[str]:
        return entrypoint.module.split(".") if entrypoint.module else []

    def _owner_is_home(self, entrypoint: Entrypoint, owner: list[str]) -> bool:
        if entrypoint.module_file is None:
            return False
        entry = entrypoint.module_file.path
        if not owner:
            return entry in self.found.homes
        return module_behind(self._snapshot, self._modules, entry, owner) in self.found.homes

    # --- doubts ---------------------------------------------------------------------------

    def _doubtful(self, new: str) -> Iterator[Doubtful]:
        name = self.target.name
        for file, spans in sorted(self.found.doubtful.items()):
            tags = {call.tag.span for call in self._snapshot.client_calls(file) if call.tag}
            left = spans - self.found.spans.get(file, set()) - tags
            if left:
                yield Doubtful(
                    f"Other mentions of {name} in {file.name}",
                    f"These spell {name}, but whether they mean it is only known when they run.",
                    text_edits(file, self._text(file), [(span, new) for span in left]),
                )


def module_behind(
    snapshot: Snapshot, modules: ModuleNames, entry: FilePath, parts: Iterable[str]
) -> FilePath | None:
    """The file of the module that dotted names of an entry file mean, when it is certain."""
    names = read_names(snapshot.files.read(entry).text or "")
    if names is None:
        return None
    meant = modules.meant(".".join(parts), names.module, names, entry)
    return next(iter(meant.files)) if len(meant.files) == 1 and meant.certain else None


def named_by(snapshot: Snapshot, entrypoint: Entrypoint, parts: tuple[str, ...]) -> ModuleName:
    """The module-level name that the last of these parts of `module` is. Raises `RefusedError`."""
    file = entrypoint.module_file
    if file is None or file.source is None:
        raise RefusedError(f"There is no {entrypoint.file} that could be read.")
    if not file.inside_project:
        raise RefusedError(f"{entrypoint.file} lies outside of the agent's folder.")
    if not all(part.isidentifier() for part in parts):
        raise RefusedError(f"{'.'.join(parts)} is no name of Python.")
    if len(parts) == 1:
        return ModuleName(file.path, parts[0])
    modules = ModuleNames(snapshot.files, [file.path], ())
    home = module_behind(snapshot, modules, file.path, parts[:-1])
    if home is None:
        raise RefusedError(
            f"{parts[-1]} is an attribute of {'.'.join(parts[:-1])}. Which other code uses it "
            "cannot be told by reading. Rename it where it is defined, then here."
        )
    return ModuleName(home, parts[-1])


def _check_identifier(new: str) -> None:
    if not new.isidentifier():
        raise RefusedError(f"{new!r} is no name of Python: letters, digits and _ make one.")
    if keyword.iskeyword(new):
        raise RefusedError(f"{new} is a word of Python's own language.")
    if hasattr(builtins, new):
        raise RefusedError(f"{new} is built into Python: code that means that would change.")
    if new.startswith("__"):
        raise RefusedError("Names that begin with two underscores mean something else in classes.")


def _projects_around(snapshot: Snapshot, target: ModuleName) -> list[AgentProject]:
    """The projects that the file is part of, and others that read it and spell the name."""
    found = {it.config_path: it for it in snapshot.projects_of(target.home)}
    for project in projects_that_spell(snapshot, target.name):
        if target.home in project.sources:
            found.setdefault(project.config_path, project)
    return list(found.values())


def projects_that_spell(snapshot: Snapshot, name: str) -> Iterator[AgentProject]:
    """Projects whose configuration holds the name somewhere: a thousand need not be loaded."""
    for config in snapshot.configs:
        if snapshot.files.mentions(config, name):
            yield snapshot.project(config)


def _entry_files(projects: Iterable[AgentProject]) -> Iterator[FilePath]:
    return (path for project in projects for path in project.entry_files)


def _search_folders(snapshot: Snapshot, projects: Iterable[AgentProject]) -> tuple[FilePath, ...]:
    """The folders in which code may use a project's: its own and the workspace's around it."""
    folders: set[FilePath] = set()
    for project in projects:
        around = [it for it in snapshot.folders if it in (project.root, *project.root.parents)]
        folders.add(min(around, key=lambda it: len(it.parts), default=project.root))
    return tuple(it for it in sorted(folders) if folders.isdisjoint(it.parents))
