"""What stands at a cursor in a configuration."""

from __future__ import annotations

from collections.abc import Sequence

from runagent_ls.features.graph.places import Place
from runagent_ls.features.graph.subjects import (
    AgentIdSubject,
    EnvironmentSubject,
    FileSubject,
    ModuleSubject,
    Named,
    Subject,
    TagSubject,
)
from runagent_ls.jsontree.contents import Content, content_of, key_content
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.text.position import Span


def config_subject(project: AgentProject, offset: int) -> Subject | None:
    """The subject at an offset of the configuration's text; None on anything else."""
    path, part = project.document.path_at(offset)
    match path, part:
        case (_, _, _, str(field)), "value" if entrypoint := project.entrypoint_at(path):
            return _field(project, entrypoint, field, offset)
        case ("agent_id",), "value":
            content = content_of(project.document, path)
            if content is not None and content.value:
                return AgentIdSubject(content.span, content.value)
        case ("env_vars", str(name)), "key":
            key = key_content(project.document, path)
            return EnvironmentSubject(key.span, name, (project,)) if key is not None else None
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
            parts, origin = _part_at(content, offset)
            return ModuleSubject(origin, project, entrypoint, parts)
    return None


def _part_at(content: Content, offset: int) -> tuple[tuple[str, ...], Span]:
    """The parts of a dotted name up to the one at an offset of the file, and that one's place."""
    parts = tuple(content.value.split("."))
    for count in range(1, len(parts)):
        span = _part_span(content, parts[:count])
        if offset <= span.end and content.plain:
            return parts[:count], span
    return parts, _part_span(content, parts)


def _part_span(content: Content, parts: Sequence[str]) -> Span:
    """Place of the last of the first `parts`; the whole string where escapes hide it."""
    if not content.plain:
        return content.span
    end = content.span.start + len(".".join(parts))
    return Span(end - len(parts[-1]), end)


def module_place(named: Named) -> Place | None:
    """Where a configuration names a part of a `module`."""
    return _entry_place(named.project, named.entrypoint, "module", named.parts)


def entry_place(project: AgentProject, entrypoint: Entrypoint, field: str) -> Place | None:
    """The string at a field of an entrypoint, shown with the whole entrypoint."""
    return _entry_place(project, entrypoint, field, ())


def _entry_place(
    project: AgentProject, entrypoint: Entrypoint, field: str, parts: Sequence[str]
) -> Place | None:
    content = content_of(project.document, (*entrypoint.path, field))
    if content is None:
        return None
    span = _part_span(content, parts) if parts else content.span
    return Place.of(project.config_path, span, project.document.span(entrypoint.path))


def agent_id_place(project: AgentProject) -> Place | None:
    """The string at `agent_id` of a configuration."""
    content = content_of(project.document, ("agent_id",))
    return Place.of(project.config_path, content.span) if content is not None else None
