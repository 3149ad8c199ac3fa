"""Values and places of fields, shared by the rules of this family."""

from __future__ import annotations

import json

from runagent_ls.jsontree.document import JsonValue, Missing, Path
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, InFile, Place, Repair, Replacement
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


def insertion(project: AgentProject, key: str, value: JsonValue) -> Repair | None:
    """Put `key` in front of the first field of the configuration, on a line of its own."""
    root, text = project.document.span(()), project.document.text
    fields = value_at(project, ())
    if not isinstance(fields, dict) or not fields:
        return None
    written = f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
    first = project.document.span((next(iter(fields)),), "property").start
    line_start = text.rfind("\n", 0, first) + 1
    indent = text[line_start:first]
    if indent.strip():
        indent = ""
        between = " "
    else:
        between = "\n"
    if project.document.language == "json":
        new_text = f"{written},{between}{indent}"
    elif between == "\n" or first == root.start:
        new_text = f"{key}: {json.dumps(value, ensure_ascii=False)}\n{indent}"
    else:
        return None
    place = InFile(project.config_path, Span(first, first))
    return Repair(f"Insert {key}", (Replacement(place, new_text),), safe=False)
