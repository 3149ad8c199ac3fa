"""Completion in a configuration: pure, on a project and an offset of its text."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from runagent_ls.features.callables.callables import Callables
from runagent_ls.features.completion.edits import Editor
from runagent_ls.features.completion.keys import keys
from runagent_ls.features.completion.model import NOTHING, Completions
from runagent_ls.features.completion.scene import Fresh, Scene
from runagent_ls.features.completion.values import values
from runagent_ls.jsontree import parse
from runagent_ls.jsontree.completion_place import CompletionPlace, place_at
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Document
from runagent_ls.project.model import AgentProject

_OBJECT: Final = "object"
_ARRAY: Final = "array"


def complete(project: AgentProject, offset: int, callables: Callables, fresh: Fresh) -> Completions:
    """What can be written at a code point offset of the project's configuration."""
    files = project.files
    place = place_at(project.document, offset)
    if place is None or files is None:
        return NOTHING
    document = _whole(project.document, place)
    editor = Editor(project.document.text, place)
    scene = _as_meant(Scene(project, files, document, place, editor, callables, fresh))
    return keys(scene) if scene.place.part == "key" else values(scene)


def _whole(document: Document, place: CompletionPlace) -> Document:
    """YAML that is broken at the cursor, read with something whole there.

    Behind a mistake nothing can be read of YAML, and half a key is one.
    """
    if document.language == "json" or not document.problems:
        return document
    written = "_" if place.part == "value" or place.colon else "_: _"
    start, end = place.token
    dash = "- " if place.dash else ""
    return parse(document.text[:start] + dash + written + document.text[end:], "yaml")


def _as_meant(scene: Scene) -> Scene:
    """In block-style YAML a free line may become a key, an item or a value: the field decides."""
    place = scene.place
    if place.style != "block" or place.part != "key" or place.colon or not place.path:
        return scene
    facts = scene.facts(place.path)
    types = facts.types if facts is not None else ()
    if not types or _OBJECT in types or isinstance(value_at(scene.value, place.path), dict):
        return scene
    if _ARRAY in types:
        place = replace(place, part="value", path=(*place.path, 0), dash=True)
    else:
        place = replace(place, part="value")
    return replace(scene, place=place, editor=Editor(scene.editor.text, place))
