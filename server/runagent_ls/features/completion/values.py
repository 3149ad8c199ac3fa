"""Values that a field of the configuration may have."""

from __future__ import annotations

from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.model import NOTHING, Completion, Completions
from runagent_ls.features.completion.modules import modules
from runagent_ls.features.completion.scene import Scene
from runagent_ls.features.markup.content import Documentation
from runagent_ls.schema.facts import field


def values(scene: Scene) -> Completions:
    """Whatever may stand as value at the place."""
    path = scene.place.path
    if scene.entry_path is not None and len(path) == 4 and path[3] == "module":
        return modules(scene)
    return _listed(scene)


def _listed(scene: Scene) -> Completions:
    """Values that the schema lists, with what they mean."""
    facts = field(scene.place.path, scene.value)
    if facts is None:
        return NOTHING
    found: list[Completion] = []
    for value in facts.values:
        said = facts.value_documentation.get(value, "")
        about = About("enum_member", documentation=(Documentation(said),) if said else ())
        found.append(scene.editor.value(value, about))
    return Completions(tuple(found))
