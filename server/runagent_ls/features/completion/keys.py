"""Keys that an object of the configuration may still get, with a value to begin with."""

from __future__ import annotations

from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.model import Completion, Completions, Hole, Template
from runagent_ls.features.completion.scene import Scene
from runagent_ls.features.completion.templates import template
from runagent_ls.features.markup.content import Documentation
from runagent_ls.jsontree.document import Path
from runagent_ls.schema.facts import FieldFacts, field
from runagent_ls.text.position import Span

_NOT_OFFERED = ("$schema",)


def keys(scene: Scene) -> Completions:
    """Keys that the schema knows and that are not there, required ones first."""
    path = scene.place.path
    facts = field(path, scene.value)
    if facts is None:
        return Completions()
    missing = [name for name in facts.fields if not _is_there(scene, name)]
    missing = [name for name in missing if name not in _NOT_OFFERED]
    required = [name for name in missing if name in facts.required]
    optional = [name for name in missing if name not in facts.required]
    return Completions(tuple(_key(scene, (*path, it), facts) for it in [*required, *optional]))


def _is_there(scene: Scene, name: str) -> bool:
    """Whether the object has the key already; the one at the cursor does not count."""
    path, place = scene.place.path, scene.place
    here = scene.object_at(path)
    document = scene.project.document
    if name in here:
        return not _touches(document.span((*path, name), "key"), place.token)
    if not document.problems:
        return False
    # A key without a value has a place all the same.
    found, whole = document.span((*path, name), "key"), document.span(path)
    return found != whole and not _touches(found, place.token)


def _touches(key: Span, token: Span) -> bool:
    return key.start <= token.start <= key.end and token.start < token.end


def _key(scene: Scene, path: Path, parent: FieldFacts) -> Completion:
    name = str(path[-1])
    facts = field(path, scene.value)
    documentation = facts.documentation if facts is not None else ""
    about = About(
        kind="property",
        detail="required" if name in parent.required else "optional",
        documentation=(Documentation(documentation),) if documentation else (),
    )
    value: Template = Hole() if scene.place.colon else template(scene, path)
    return scene.editor.key(name, value, about)
