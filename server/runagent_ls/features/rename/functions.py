"""Renaming what `module` of an entrypoint names: in Python, and in all configurations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.features.changes import Change, RefusedError, text_edits
from runagent_ls.features.graph.module_names import ModuleNames
from runagent_ls.features.graph.occurrences import find_occurrences
from runagent_ls.features.rename.code import Code, refuse
from runagent_ls.features.rename.config_strings import string_replacements
from runagent_ls.features.rename.new_names import brought_by_star, check_identifier, hidden_by
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.document import Path
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.names import read_names
from runagent_ls.rules.finding import TextEdit


@dataclass(frozen=True, slots=True)
class ModuleName:
    """A name of the module in the file `home`."""

    home: FilePath
    name: str


class FunctionRename:
    """Everything about one module-level name that entrypoints go through."""

    def __init__(self, snapshot: Snapshot, target: ModuleName) -> None:
        self.name = target.name
        self._code = Code(snapshot, target.home, target.name)
        self._found = find_occurrences(
            target.name, target.home, self._code.files, snapshot.files, self._code.modules
        )
        self.spans = self._found.spans

    def check(self) -> None:
        refuse(self.name, self._found.problems)

    def change(self, new: str) -> Change:
        if new == self.name:
            return Change()
        check_identifier(new)
        self.check()
        self._check_free(new)
        projects = self._code.concerned(self._found.homes)
        configs = (it for project in projects for it in self._in_config(project, new))
        doubtful = self._code.doubts(self.name, self._found.doubtful, self.spans, new)
        edits = (*self._code.edits(self.spans, new), *configs)
        return Change(edits, doubtful=tuple(doubtful))

    # --- the new name ---------------------------------------------------------------------

    def _check_free(self, new: str) -> None:
        for path in self._found.homes:
            if path.name == "__init__.py" and any(
                entry.name.partition(".")[0] == new
                for entry in self._code.snapshot.files.listing(path.parent)
            ):
                raise RefusedError(f"{new!r} is the name of a module in {path.parent.name}.")
        code = self._code
        star = brought_by_star(
            new, self._found.homes, code.files, code.modules, code.snapshot.files
        )
        if star is not None:
            raise RefusedError(
                f"{star.name} uses the name {new!r} and would get this one by a star import."
            )
        hidden = hidden_by(self._found, new)
        if hidden is not None:
            file, span = hidden
            raise RefusedError(
                f"{new!r} means something else already in {self._code.line(file, span.start)}. "
                "Choose a name that is not in use there."
            )

    # --- configurations -------------------------------------------------------------------

    def _in_config(self, project: AgentProject, new: str) -> tuple[TextEdit, ...]:
        texts: dict[Path, str] = {}
        for entrypoint in project.entrypoints:
            parts = self._parts(entrypoint)
            renamed = [
                new if part == self.name and self._owner_is_home(entrypoint, parts[:at])
                else part
                for at, part in enumerate(parts)
            ]  # fmt: skip
            if renamed != parts:
                texts[*entrypoint.path, "module"] = ".".join(renamed)
        if not texts:
            return ()
        edits = string_replacements(project.document, project.config_path, texts)
        return text_edits(project.config_path, project.document.text, edits)

    def _parts(self, entrypoint: Entrypoint) -> list[str]:
        return entrypoint.module.split(".") if entrypoint.module else []

    def _owner_is_home(self, entrypoint: Entrypoint, owner: list[str]) -> bool:
        if entrypoint.module_file is None:
            return False
        entry = entrypoint.module_file.path
        if not owner:
            return entry in self._found.homes
        return (
            module_behind(self._code.snapshot, self._code.modules, entry, owner)
            in self._found.homes
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
