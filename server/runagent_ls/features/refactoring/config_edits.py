"""Changes of a configuration as edits of its file."""

from __future__ import annotations

from collections.abc import Iterable

from runagent_ls.features.callables.tags import STREAM, unique
from runagent_ls.features.changes import text_edits
from runagent_ls.jsontree.document import Document, JsonValue
from runagent_ls.jsontree.edits import Replacement, insert_item, insert_property, set_value
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.finding import TextEdit
from runagent_ls.schema.entrypoints import ENTRYPOINTS


def config_edits(project: AgentProject, made: Iterable[Replacement]) -> tuple[TextEdit, ...]:
    """Replacements in the configuration's text as edits of its file."""
    return text_edits(project.config_path, project.document.text, made)


def appended_entrypoint(
    document: Document, entry: dict[str, JsonValue]
) -> tuple[Replacement, ...] | None:
    """Put an entrypoint behind the last one, making the list if there is none; None: cannot."""
    value = document.value
    if not isinstance(value, dict):
        return None
    architecture = value.get("agent_architecture")
    if architecture is None:
        made: JsonValue = {"entrypoints": [entry]}
        if "agent_architecture" in value:
            return set_value(document, ENTRYPOINTS[:1], made)
        return insert_property(document, (), "agent_architecture", made, "template_source")
    if not isinstance(architecture, dict):
        return None
    entrypoints = architecture.get("entrypoints")
    if isinstance(entrypoints, list):
        return insert_item(document, ENTRYPOINTS, entry)
    if entrypoints is not None:
        return None
    if "entrypoints" in architecture:
        return set_value(document, ENTRYPOINTS, [entry])
    return insert_property(document, ENTRYPOINTS[:1], "entrypoints", [entry])


def free_tag(project: AgentProject, wanted: str, *, streams: bool) -> str:
    """A tag like `wanted` that no entrypoint has, ending in `_stream` exactly when it streams."""
    stem = wanted.removesuffix(STREAM) or "run"
    used = {it.tag for it in project.entrypoints if it.tag is not None}
    return unique(f"{stem}{STREAM if streams else ''}", used)
