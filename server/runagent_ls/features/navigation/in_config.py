"""What stands at a cursor in a configuration."""

from __future__ import annotations

from runagent_ls.features.navigation.subjects import (
    FileSubject,
    ModuleSubject,
    Subject,
    TagSubject,
)
from runagent_ls.jsontree.contents import Content, content_of
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.text.position import Span


def config_subject(project: AgentProject, offset: int) -> Subject | None:
    """The subject at an offset of the configuration's text; None on anything else."""
    path, part = project.document.path_at(offset)
    if part != "value":
        return None
    match path:
        case ("agent_architecture", "entrypoints", int(index), str(field)):
            if index < len(project.entrypoints):
                return _field(project, project.entrypoints[index], field, offset)
    return None


def _field(
    project: AgentProject, entrypoint: Entrypoint, field: str, offset: int
) -> Subject | None:
    content = content_of(project.document, (*entrypoint.path, field))
    if content is None or not content.value:
        return None
    match field:
        case "tag":
            return TagSubject(content.span, project, entrypoint, content.value)
        case "file":
            return FileSubject(content.span, project, entrypoint, content.value)
        case "module":
            parts, origin = dotted_part(content, offset)
            return ModuleSubject(origin, project, entrypoint, parts)
    return None


def dotted_part(content: Content, offset: int) -> tuple[tuple[str, ...], Span]:
    """The parts of a dotted name up to the one at an offset of the file, and that one's place.

    All of them where escapes hide which one it is.
    """
    parts = content.value.split(".")
    if not content.plain:
        return tuple(parts), content.span
    start = content.span.start
    for number, part in enumerate(parts, 1):
        end = start + len(part)
        if offset <= end or number == len(parts):
            return tuple(parts[:number]), Span(start, end)
        start = end + 1
    return tuple(parts), content.span
