"""Everything that a completion at one place depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from runagent_ls.features.completion.callables import Callables
from runagent_ls.features.completion.edits import Editor
from runagent_ls.jsontree.completion_place import CompletionPlace
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import JsonValue, Missing, Path
from runagent_ls.project.model import AgentProject
from runagent_ls.schema.entrypoints import Kind, kind_of, kind_of_list

ENTRYPOINTS: Final[Path] = ("agent_architecture", "entrypoints")


@dataclass(frozen=True, slots=True)
class Fresh:
    """What new configurations get that no file says."""

    now: datetime
    agent_id: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The project, the place in its configuration, and what stands around that place."""

    project: AgentProject
    place: CompletionPlace
    editor: Editor
    value: JsonValue | Missing
    """The whole configuration, as far as it can be read."""
    callables: Callables
    fresh: Fresh

    def object_at(self, path: Path) -> Mapping[str, JsonValue]:
        """The object at a path; empty when there is none."""
        found = value_at(self.value, path)
        return found if isinstance(found, dict) else {}

    @property
    def entry_path(self) -> Path | None:
        """The entrypoint that the place is in or is; None elsewhere."""
        path = self.place.path
        if path[:2] == ENTRYPOINTS and len(path) > 2:
            return path[:3]
        return None

    @property
    def entry(self) -> Mapping[str, JsonValue]:
        """The entrypoint around the place; empty without one."""
        path = self.entry_path
        return self.object_at(path) if path is not None else {}

    @property
    def entry_kind(self) -> Kind:
        """Which kind of entrypoint is meant here."""
        return kind_of(dict(self.entry)) or kind_of_list(self.value)
