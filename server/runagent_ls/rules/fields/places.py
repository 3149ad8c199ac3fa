"""Values and places of fields, shared by the rules of this family."""

from __future__ import annotations

from runagent_ls.jsontree.document import JsonValue, Missing, Path
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, InFile, Place
from runagent_ls.text.position import Span


def value_at(project: AgentProject, path: Path) -> JsonValue:
    """The value at `path`; None when there is none."""
    value = project.document.value
    if isinstance(value, Missing):
        return None
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def anchor(project: AgentProject, path: Path) -> Place:
    """Where to point for something that an object lacks: its key, or its opening brace.

    Underlining the whole object would bury everything else that is said about its content.
    """
    if path and isinstance(path[-1], str):
        return InConfig(path, "key")
    span = project.document.span(path)
    return InFile(project.config_path, Span(span.start, min(span.start + 1, span.end)))
