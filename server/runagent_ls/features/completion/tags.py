"""Names for an entrypoint, after what it calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from runagent_ls.features.completion.callables import Named
from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.model import Completions
from runagent_ls.features.completion.scene import ENTRYPOINTS, Scene
from runagent_ls.jsontree.contents import value_at
from runagent_ls.pyfile.model import Proof

STREAM: Final = "_stream"


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


def tags_of(module: str, named: Named | None) -> list[str]:
    """Tags for a callable, the best first. Only what may work is among them."""
    base = module.replace(".", "_").strip("_") or "run"
    plain = base.removesuffix(STREAM) or base
    stream = plain + STREAM
    if named is None:
        return [base, stream] if base != stream else [stream]
    if named.resolution.gives_generator is Proof.PROVEN:
        return [stream]
    if named.streams is Proof.REFUTED:
        return [base if base != stream else plain]
    return [stream, plain] if base == stream else [plain, stream]


def used_tags(scene: Scene) -> set[str]:
    """The tags of all other entrypoints."""
    here = scene.entry_path
    entries = value_at(scene.value, ENTRYPOINTS)
    found = set()
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        tag = entry.get("tag") if isinstance(entry, dict) else None
        if isinstance(tag, str) and (here is None or here[2] != index or scene.is_new_entry):
            found.add(tag)
    return found


def unique(tag: str, used: Iterable[str]) -> str:
    """The tag, with a number in it if another one has that name; it streams as before."""
    if tag not in used:
        return tag
    plain, ending = (tag.removesuffix(STREAM), STREAM) if tag.endswith(STREAM) else (tag, "")
    number = 2
    while f"{plain}_{number}{ending}" in used:
        number += 1
    return f"{plain}_{number}{ending}"
