"""Values that a field of the configuration may have."""

from __future__ import annotations

from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.entrypoints import new_entrypoints
from runagent_ls.features.completion.extractors import extractor_paths
from runagent_ls.features.completion.files import files
from runagent_ls.features.completion.frameworks import likely_framework
from runagent_ls.features.completion.model import Completion, Completions, Hole
from runagent_ls.features.completion.modules import modules
from runagent_ls.features.completion.scene import Scene
from runagent_ls.features.completion.tags import tags
from runagent_ls.features.completion.templates import configuration, entrypoint, template
from runagent_ls.features.markup.content import Documentation
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Path
from runagent_ls.schema.facts import FieldFacts


def values(scene: Scene) -> Completions:
    """Whatever may stand as value at the place."""
    path = scene.place.path
    if not path:
        about = About("snippet", "all that an agent needs")
        whole = scene.editor.value(configuration(scene), about, "RunAgent configuration")
        return Completions((scene.editor.with_preview(whole),))
    if path[:1] == ("persistent_folders",) and len(path) == 2:
        return _folders(scene)
    if scene.entry_path is None:
        return _plain(scene, path)
    match path[3:]:
        case ():
            about = About("snippet", "with places to fill in")
            empty = scene.editor.value(entrypoint(scene), about, "New entrypoint")
            functions = new_entrypoints(scene) if scene.entry_kind == "python" else ()
            return Completions((*functions, scene.editor.with_preview(empty)))
        case ("file",):
            return files(scene)
        case ("module",):
            return modules(scene)
        case ("tag",):
            return tags(scene)
        case ("extractor", _):
            return extractor_paths(scene)
    return _plain(scene, path)


def _folders(scene: Scene) -> Completions:
    """Folders of the agent that are not kept yet."""
    paths = scene.project.surroundings.upload.paths
    found = dict.fromkeys(path.partition("/")[0] for path in paths if "/" in path)
    kept = value_at(scene.value, ("persistent_folders",))
    here = scene.place.written
    names = [it for it in found if it == here or not isinstance(kept, list) or it not in kept]
    items = (scene.editor.value(it, About("folder")) for it in names if it[:1] not in "._")
    return Completions(tuple(items))


def _plain(scene: Scene, path: Path) -> Completions:
    """Values that the schema lists, with what they mean; else one to begin with."""
    facts = scene.facts(path)
    if facts is not None and facts.values:
        return Completions(_listed(scene, facts))
    found = template(scene, path)
    if isinstance(found, Hole):
        choices = found.choices or ((found.text,) if found.text else ())
        return Completions(tuple(scene.editor.value(it, About("value")) for it in choices))
    return Completions((scene.editor.value(found, About("value")),))


def _listed(scene: Scene, facts: FieldFacts) -> tuple[Completion, ...]:
    likely = likely_framework(scene) if scene.place.path == ("framework",) else None
    found: list[Completion] = []
    for value in sorted(facts.values, key=lambda it: it != likely):
        said = facts.value_documentation.get(value, "")
        about = About(
            "enum_member",
            "imported by the agent's code" if value == likely else "",
            (Documentation(said),) if said else (),
            preselect=value == likely,
        )
        found.append(scene.editor.value(value, about))
    return tuple(found)
