"""Completion in a configuration: pure, on a project and an offset of its text."""

from __future__ import annotations

from runagent_ls.features.completion.callables import Callables
from runagent_ls.features.completion.edits import Editor
from runagent_ls.features.completion.keys import keys
from runagent_ls.features.completion.model import NOTHING, Completions
from runagent_ls.features.completion.scene import Fresh, Scene
from runagent_ls.features.completion.values import values
from runagent_ls.jsontree.completion_place import place_at
from runagent_ls.project.model import AgentProject


def complete(project: AgentProject, offset: int, callables: Callables, fresh: Fresh) -> Completions:
    """What can be written at a code point offset of the project's configuration."""
    document, files = project.document, project.files
    place = place_at(document, offset)
    if place is None or files is None:
        return NOTHING
    editor = Editor(document.text, place)
    scene = Scene(project, files, document, place, editor, callables, fresh)
    return keys(scene) if place.part == "key" else values(scene)
