"""The Python code in which a name of an agent's may be used, and how it is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Protocol

from runagent_ls.features.changes import Change, Doubtful, RefusedError, text_edits
from runagent_ls.features.graph.module_names import ModuleNames
from runagent_ls.features.rename.reaching import projects_reaching
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.discovery import find_python
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.lines import line_index
from runagent_ls.text.position import Span

Spans = Mapping[FilePath, set[Span]]


class PythonRename(Protocol):
    """A name in Python that can be given another."""

    @property
    def name(self) -> str: ...

    @property
    def spans(self) -> Spans:
        """Every place that certainly means it."""

    def check(self) -> None:
        """Raises `RefusedError` when some use of the name cannot be told."""

    def change(self, new: str) -> Change:
        """Everything that changes. Raises `RefusedError`."""


class Code:
    """The projects that the file `home` is part of, and all Python files around them."""

    def __init__(self, snapshot: Snapshot, home: FilePath, name: str) -> None:
        self.snapshot = snapshot
        self._name = name
        self.projects = list(snapshot.projects_of(home))
        folders = _search_folders(snapshot, self.projects)
        entries = (path for project in self.projects for path in project.entry_files)
        self.modules = ModuleNames(snapshot.files, entries, folders)
        found = dict.fromkeys([home])
        found |= dict.fromkeys(path for project in self.projects for path in project.sources)
        found |= dict.fromkeys(
            path for folder in folders for path in find_python(folder, snapshot.files)
        )
        self.files = tuple(found)

    def concerned(self, homes: Collection[FilePath]) -> Iterator[AgentProject]:
        """All projects with entrypoints that may go through the name of one of these modules."""
        yield from self.projects
        known = {it.config_path for it in self.projects}
        yield from projects_reaching(self.snapshot, self._name, homes, known)

    def text(self, file: FilePath) -> str:
        return self.snapshot.files.read(file).text or ""

    def line(self, file: FilePath, offset: int) -> str:
        """`main.py, line 3`."""
        return f"{file.name}, line {line_index(self.text(file)).position(offset).line + 1}"

    def edits(self, places: Spans, new: str) -> Iterator[TextEdit]:
        for file, spans in places.items():
            yield from text_edits(file, self.text(file), [(span, new) for span in spans])

    def doubts(self, name: str, places: Spans, certain: Spans, new: str) -> Iterator[Doubtful]:
        """Places to ask about. Tags of client calls are none, even if they are spelt alike."""
        for file, spans in sorted(places.items()):
            tags = {call.tag.span for call in self.snapshot.client_calls(file) if call.tag}
            left = spans - certain.get(file, set()) - tags
            if left:
                yield Doubtful(
                    f"Other mentions of {name} in {file.name}",
                    f"These spell {name}, but whether they mean it is only known when they run.",
                    tuple(self.edits({file: left}, new)),
                )


def refuse(name: str, problems: list[str]) -> None:
    """Raise `RefusedError` if there are problems."""
    if problems:
        rest = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
        raise RefusedError(f"{name} cannot be renamed everywhere: {problems[0]}{rest}")


def _search_folders(snapshot: Snapshot, projects: Iterable[AgentProject]) -> tuple[FilePath, ...]:
    """The folders in which code may use a project's: its own and the workspace's around it."""
    folders: set[FilePath] = set()
    for project in projects:
        around = [it for it in snapshot.folders if it in (project.root, *project.root.parents)]
        folders.add(min(around, key=lambda it: len(it.parts), default=project.root))
    return tuple(it for it in sorted(folders) if folders.isdisjoint(it.parents))
