"""Everything that a completion at one place depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runagent_ls.features.callables.callables import Callables, Named
from runagent_ls.features.completion.edits import Editor
from runagent_ls.jsontree.completion_place import CompletionPlace
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Document, JsonValue, Missing, Path
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.model import AgentProject
from runagent_ls.schema.entrypoints import ENTRYPOINTS, Kind, kind_of, kind_of_list
from runagent_ls.schema.facts import FieldFacts, field
from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class Fresh:
    """What new configurations get that no file says."""

    now: datetime
    agent_id: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The project, the place in its configuration, and what stands around that place."""

    project: AgentProject
    files: FileSource
    document: Document
    """The configuration; of broken YAML, with something in place of what is being written."""
    place: CompletionPlace
    editor: Editor
    callables: Callables
    fresh: Fresh

    @property
    def value(self) -> JsonValue | Missing:
        """The whole configuration, as far as it can be read."""
        return self.document.value

    def has_key(self, name: str) -> bool:
        """Whether the object at the place has a key already; the one at the cursor is none."""
        path, place = self.place.path, self.place
        here = value_at(self.value, path)
        if isinstance(here, dict) and name in here:
            return not _touches(self.document.span((*path, name), "key"), place)
        if not self.document.problems:
            return False
        # A key without a value has a place all the same.
        found, whole = self.document.span((*path, name), "key"), self.document.span(path)
        return found != whole and not _touches(found, place)

    @property
    def entry_path(self) -> Path | None:
        """The entrypoint that the place is in or is; None elsewhere."""
        path = self.place.path
        return path[:3] if path[:2] == ENTRYPOINTS and len(path) > 2 else None

    @property
    def is_new_entry(self) -> bool:
        """A whole entrypoint is to be written, in front of one that may have its index now."""
        return self.place.part == "value" and len(self.place.path) == 3

    @property
    def entry(self) -> Mapping[str, JsonValue]:
        """The entrypoint around the place; empty without one."""
        path = self.entry_path
        found = None if path is None or self.is_new_entry else value_at(self.value, path)
        return found if isinstance(found, dict) else {}

    @property
    def entry_kind(self) -> Kind:
        """Which kind of entrypoint is meant here."""
        return kind_of(dict(self.entry)) or kind_of_list(self.value)

    def facts(self, path: Path) -> FieldFacts | None:
        """What the schema says of a field; an entrypoint's own keys tell its kind first."""
        kind = self.entry_kind if self.entry_path is not None else "python"
        return field(path, {"framework": "n8n"} if kind == "webhook" else {})

    def callable_named(self, file: str, module: str) -> Named | None:
        """What `module` names in a file of the project; None when that file is not there."""
        path = self.project.root / file
        if not self.may_read(file):
            return None
        return self.callables.one(path, module, self.project.root, self.files)

    def callables_of(self, file: str, owner: str = "") -> tuple[Named, ...]:
        """What a file of the project has to call, or what something in it has."""
        if not self.may_read(file):
            return ()
        return self.callables.of(self.project.root / file, owner, self.project.root, self.files)

    def may_read(self, file: str) -> bool:
        """Whether a path is of a Python file below the agent's folder."""
        inside = not file.startswith("/") and ".." not in file.replace("\\", "/").split("/")
        return inside and file.endswith(".py")


def _touches(key: Span, place: CompletionPlace) -> bool:
    return place.token.start < place.token.end and key.start <= place.token.start <= key.end
