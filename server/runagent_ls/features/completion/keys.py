"""Keys that an object of the configuration may still get, with a value to begin with."""

from __future__ import annotations

from typing import Final

from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.entrypoints import rest_of_entrypoint
from runagent_ls.features.completion.environment import variables
from runagent_ls.features.completion.extractors import extractor_keys
from runagent_ls.features.completion.model import NOTHING, Completion, Completions, Hole
from runagent_ls.features.completion.scene import Scene
from runagent_ls.features.completion.templates import configuration, required_fields, template
from runagent_ls.features.markup.content import Documentation
from runagent_ls.jsontree.document import Path
from runagent_ls.schema.facts import FieldFacts

_NOT_OFFERED: Final = ("$schema",)
_COMPLETED: Final = ("file", "module", "tag")
"""Keys whose values can be chosen as well."""
_UNCHECKED: Final[dict[Path, tuple[str, ...]]] = {("auth_settings",): ("type",)}
"""Keys of objects that RunAgent does not look into."""


def keys(scene: Scene) -> Completions:
    """Keys that are known and not there, required ones first."""
    path = scene.place.path
    if path == ("env_vars",):
        return variables(scene)
    if scene.entry_path is not None and path[3:] == ("extractor",):
        return extractor_keys(scene)
    facts = scene.facts(path)
    if facts is None:
        return NOTHING
    fields = [*facts.fields, *_UNCHECKED.get(path, ())]
    missing = [it for it in fields if it not in _NOT_OFFERED and not scene.has_key(it)]
    missing.sort(key=lambda it: it not in facts.required)
    single = tuple(_key(scene, (*path, name), facts) for name in missing)
    return Completions((*_several(scene, path), *single))


def _several(scene: Scene, path: Path) -> tuple[Completion, ...]:
    """All required keys at once, or those of an entrypoint for a function."""
    if scene.place.colon:
        return ()
    if path == scene.entry_path:
        return rest_of_entrypoint(scene)
    lacking = required_fields(scene, path)
    if len(lacking) < 2:
        return ()
    about = About("snippet", ", ".join(lacking))
    required = scene.editor.keys("All required fields", lacking, about)
    whole = configuration(scene) if not path else lacking
    if path or any(map(scene.has_key, whole)):
        return (required,)
    about = About("snippet", "all that an agent needs")
    all_ = scene.editor.keys("RunAgent configuration", whole, about)
    return (scene.editor.with_preview(all_), required)


def _key(scene: Scene, path: Path, parent: FieldFacts) -> Completion:
    name = str(path[-1])
    facts = scene.facts(path)
    documentation = facts.documentation if facts is not None else ""
    value = Hole() if scene.place.colon else template(scene, path)
    about = About(
        kind="property",
        detail="required" if name in parent.required else "optional",
        documentation=(Documentation(documentation),) if documentation else (),
        asks_again=value == Hole() and name in _COMPLETED and not scene.place.colon,
    )
    return scene.editor.key(name, value, about)
