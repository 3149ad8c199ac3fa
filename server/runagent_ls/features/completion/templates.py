"""Values to begin with: what a field most likely gets in this project."""

from __future__ import annotations

from collections.abc import Mapping

from runagent_ls.features.completion.model import Hole, Template
from runagent_ls.features.completion.scene import ENTRYPOINTS, Scene
from runagent_ls.jsontree.document import Path
from runagent_ls.schema.facts import FRAMEWORKS


def template(scene: Scene, path: Path) -> Template:
    """A value for the field at a path of the configuration."""
    if scene.entry_path is not None and path[:2] == ENTRYPOINTS and len(path) == 4:
        return _of_entrypoint(scene, str(path[3]))
    return _of_root(scene).get(path, Hole())


def _of_root(scene: Scene) -> Mapping[Path, Template]:
    """By path, what is not just an empty text."""
    entrypoints: Template = [entrypoint(scene)]
    return {
        ("agent_name",): Hole(scene.project.root.name),
        ("framework",): Hole("default", FRAMEWORKS),
        ("version",): Hole("1.0.0"),
        ("created_at",): scene.fresh.now.strftime("%Y-%m-%dT%H:%M:%S"),
        ("agent_id",): scene.fresh.agent_id,
        ("template_source",): {"repo_url": Hole(), "author": Hole(), "path": Hole()},
        ("agent_architecture",): {"entrypoints": entrypoints},
        ("agent_architecture", "entrypoints"): entrypoints,
        ("auth_settings",): {"type": Hole("none", ("none", "api_key"))},
        ("persistent_folders",): [Hole("data")],
        ("env_vars",): {},
        ("metadata",): {},
    }


def entrypoint(scene: Scene) -> Template:
    """A new entrypoint of the kind that the others are."""
    if scene.entry_kind == "webhook":
        return {
            "webhook_url": Hole("http://localhost:5678/webhook/x"),
            "method": Hole("post", ("post", "get")),
            "tag": Hole("ask"),
        }
    return {"file": Hole("main.py"), "module": Hole("greet"), "tag": Hole("greet")}


def _of_entrypoint(scene: Scene, key: str) -> Template:
    match key:
        case "method":
            return Hole("post", ("post", "get"))
        case "timeout":
            return 30
        case "extractor":
            return {}
        case "webhook_url":
            return Hole("http://localhost:5678/webhook/x")
    return Hole()
