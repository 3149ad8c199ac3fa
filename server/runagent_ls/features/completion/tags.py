"""Names for an entrypoint, after what it calls."""

from __future__ import annotations

from runagent_ls.features.callables.tags import STREAM, tags_of, unique
from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.model import Completions
from runagent_ls.features.completion.scene import Scene
from runagent_ls.project.entrypoints import entrypoint_values


def tags(scene: Scene) -> Completions:
    """Tags that no other entrypoint has; `_stream` at the end when the callable streams."""
    used = used_tags(scene)
    found = dict.fromkeys(unique(tag, used) for tag in _wanted(scene))
    about = [About("value", _meaning(tag)) for tag in found]
    items = (scene.editor.value(tag, it) for tag, it in zip(found, about, strict=True))
    return Completions(tuple(items))


def _meaning(tag: str) -> str:
    return "streams what the function yields" if tag.endswith(STREAM) else "answers once"


def _wanted(scene: Scene) -> list[str]:
    module, file = scene.entry.get("module"), scene.entry.get("file")
    if scene.entry_kind == "webhook":
        return ["ask"]
    if not isinstance(module, str) or not module:
        return []
    named = scene.callable_named(file, module) if isinstance(file, str) else None
    wanted = tags_of(module, named)
    if "." in module:
        wanted += tags_of(module.rpartition(".")[2], named)
    return wanted


def used_tags(scene: Scene) -> set[str]:
    """The tags of all other entrypoints."""
    here = scene.entry_path
    found = set()
    for index, entry in enumerate(entrypoint_values(scene.value)):
        tag = entry.get("tag") if isinstance(entry, dict) else None
        if isinstance(tag, str) and (here is None or here[2] != index or scene.is_new_entry):
            found.add(tag)
    return found
