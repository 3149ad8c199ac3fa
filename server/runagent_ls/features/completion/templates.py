"""Values to begin with: what a field most likely gets in this project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runagent_ls.features.callables.tags import tags_of, unique
from runagent_ls.features.completion.entrypoints import first_candidate
from runagent_ls.features.completion.files import python_files
from runagent_ls.features.completion.frameworks import likely_framework
from runagent_ls.features.completion.model import Hole, Template
from runagent_ls.features.completion.scene import Scene
from runagent_ls.features.completion.tags import used_tags
from runagent_ls.jsontree.document import Path
from runagent_ls.schema.facts import FRAMEWORKS

_METHODS: Final = ("post", "get")
_ADDRESS: Final = "http://localhost:5678/webhook/x"


def template(scene: Scene, path: Path) -> Template:
    """A value for the field at a path of the configuration."""
    if scene.entry_path is not None and len(path) == 4:
        return _of_entrypoint(scene, str(path[3]))
    return _of_root(scene, path) if len(path) < 3 else Hole()


def required_fields(scene: Scene, path: Path) -> dict[str, Template]:
    """All that the object at a path must have and has not."""
    facts = scene.facts(path)
    names = facts.required if facts is not None else ()
    return {name: template(scene, (*path, name)) for name in names if not scene.has_key(name)}


def configuration(scene: Scene) -> dict[str, Template]:
    """A whole configuration that loads and can be served."""
    facts = scene.facts(())
    names = ("agent_architecture", *(facts.required if facts is not None else ()))
    known = {name: template(scene, (name,)) for name in names}
    return {name: known[name] for name in (facts.fields if facts else ()) if name in known}


def entrypoint(scene: Scene) -> Template:
    """A new entrypoint of the kind that the others are."""
    if scene.entry_kind == "webhook":
        return {"webhook_url": Hole(_ADDRESS), "method": Hole("post", _METHODS), "tag": Hole("ask")}
    found = first_candidate(scene) or {"file": "main.py", "module": "greet", "tag": "greet"}
    return {key: Hole(value) for key, value in found.items()}


def _of_root(scene: Scene, path: Path) -> Template:
    match path:
        case ("framework",):
            return Hole(likely_framework(scene) or "default", FRAMEWORKS)
        case ("agent_architecture",):
            return {"entrypoints": [entrypoint(scene)]}
        case ("agent_architecture", "entrypoints"):
            return [entrypoint(scene)]
    return _plain(scene).get(path, Hole())


def _plain(scene: Scene) -> Mapping[Path, Template]:
    return {
        ("agent_name",): Hole(scene.project.root.name),
        ("version",): Hole("1.0.0"),
        ("created_at",): scene.fresh.now.strftime("%Y-%m-%dT%H:%M:%S"),
        ("agent_id",): scene.fresh.agent_id,
        ("template_source",): {"repo_url": Hole(), "author": Hole(), "path": Hole()},
        ("auth_settings",): {"type": Hole("none", ("none", "api_key"))},
        ("auth_settings", "type"): Hole("none", ("none", "api_key")),
        ("persistent_folders",): [Hole("data")],
        ("env_vars",): {},
        ("metadata",): {},
    }


def _of_entrypoint(scene: Scene, key: str) -> Template:
    match key:
        case "file":
            found = first_candidate(scene)
            listed = python_files(scene)[:1] or ["main.py"]
            return Hole(found["file"] if found is not None else listed[0])
        case "module":
            file = scene.entry.get("file")
            found = first_candidate(scene, file) if isinstance(file, str) else None
            return Hole(found["module"] if found is not None else "")
        case "tag":
            return Hole(_tag(scene))
        case "method":
            return Hole("post", _METHODS)
        case "timeout":
            return 30
        case "extractor":
            return {}
        case "webhook_url":
            return Hole(_ADDRESS)
    return Hole()


def _tag(scene: Scene) -> str:
    module, file = scene.entry.get("module"), scene.entry.get("file")
    if not isinstance(module, str) or not module:
        return ""
    named = scene.callable_named(file, module) if isinstance(file, str) else None
    return unique(tags_of(module, named)[0], used_tags(scene))
