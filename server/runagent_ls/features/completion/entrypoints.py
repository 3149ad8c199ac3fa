"""Whole entrypoints out of the project's functions."""

from __future__ import annotations

from typing import Final

from runagent_ls.features.callables.callables import Named
from runagent_ls.features.callables.tags import tags_of, unique
from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.files import likely_paths
from runagent_ls.features.completion.model import Completion
from runagent_ls.features.completion.scene import Scene
from runagent_ls.features.completion.tags import used_tags
from runagent_ls.features.markup.content import Block, Prose
from runagent_ls.project.entrypoints import entrypoint_values

_MOST_FILES: Final = 40
_MOST: Final = 100
_KEYS: Final = ("file", "module", "tag")


def new_entrypoints(scene: Scene) -> tuple[Completion, ...]:
    """An entrypoint for each function that has none, as a whole item of the list."""
    return tuple(
        scene.editor.value(dict(fields), _about(scene, named), label=named.name)
        for named, fields in _candidates(scene)
    )


def rest_of_entrypoint(scene: Scene) -> tuple[Completion, ...]:
    """The keys that an entrypoint lacks, all at once, for each function that it may be for."""
    if scene.entry_kind != "python" or scene.has_key("module"):
        return ()
    lacking = [key for key in _KEYS if not scene.has_key(key)]
    if len(lacking) < 2:
        return ()
    file = scene.entry.get("file") if scene.has_key("file") else None
    found = _candidates(scene, file if isinstance(file, str) else None)
    return tuple(
        scene.editor.keys(named.name, {key: fields[key] for key in lacking}, _about(scene, named))
        for named, fields in found
    )


def first_candidate(scene: Scene, file: str | None = None) -> dict[str, str] | None:
    """The fields of the entrypoint that is most likely wanted next."""
    return next((fields for _, fields in _candidates(scene, file)), None)


def _candidates(scene: Scene, file: str | None = None) -> list[tuple[Named, dict[str, str]]]:
    """Functions without an entrypoint, in the order of their files, and the fields they get."""
    used, taken = used_tags(scene), exposed(scene)
    found: list[tuple[Named, dict[str, str]]] = []
    for path in [file] if file is not None else likely_paths(scene, _MOST_FILES):
        for named in scene.callables_of(path):
            if (path, named.name) in taken or named.is_private or not named.is_own_function:
                continue
            tag = unique(tags_of(named.name, named)[0], used)
            found.append((named, {"file": path, "module": named.name, "tag": tag}))
            if len(found) >= _MOST:
                return found
    return found


def exposed(scene: Scene) -> set[tuple[str, str]]:
    """File and module of all entrypoints."""
    found = set()
    for entry in entrypoint_values(scene.value):
        file = entry.get("file") if isinstance(entry, dict) else None
        module = entry.get("module") if isinstance(entry, dict) else None
        if isinstance(file, str) and isinstance(module, str):
            found.add((file.removeprefix("./"), module))
    return found


def _about(scene: Scene, named: Named) -> About:
    path = named.file.relative_to(scene.project.root).as_posix()
    documentation: tuple[Block, ...] = (Prose(named.docstring),) if named.docstring else ()
    return About("snippet", f"{path}: {named.name}{named.signature}", documentation)
