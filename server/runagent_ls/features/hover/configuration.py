"""Hover in a configuration."""

from __future__ import annotations

from typing import Final

from runagent_ls.features.hover.agents import callers_line
from runagent_ls.features.hover.blocks import joined, listed
from runagent_ls.features.hover.entrypoint import entrypoint_blocks
from runagent_ls.features.hover.environment import configured_blocks
from runagent_ls.features.hover.fields import field_blocks, value_blocks
from runagent_ls.features.hover.model import Happened, Hover, HoverBlock
from runagent_ls.features.markup.content import FileLink, Inline, Line, Text
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Document, Part, Path
from runagent_ls.project.model import AgentProject, Entrypoint, FileState

_NAMES_OF_CODE: Final[frozenset[Path]] = frozenset({("module",), ("tag",)})
"""Values of an entrypoint that stand for what is called."""


def config_hover(snapshot: Snapshot, project: AgentProject, offset: int) -> Hover | None:
    """What stands at a code point offset of the configuration; None where there is nothing."""
    document = project.document
    path, part = _place_at(document, offset)
    span = document.span(path, part)
    if not path or part == "property" or not span.start <= offset <= span.end:
        return None
    if part == "value" and isinstance(value_at(document.value, path), dict | list):
        has_brackets = document.text[span.start : span.start + 1] in ("{", "[")
        if not has_brackets or span.start < offset < span.end - 1:
            return None  # blanks between the fields of a container
    blocks: tuple[HoverBlock, ...] = ()
    if len(path) == 2 and path[0] == "env_vars":
        blocks = configured_blocks(project, str(path[1]))
    elif part == "value":
        blocks = _value_blocks(snapshot, project, path)
    known_by_name = (path[:1] == ("env_vars",) and len(path) > 1) or path[3:] in _NAMES_OF_CODE
    if not blocks or not known_by_name:
        blocks = joined((blocks, field_blocks(path, document.value, document.language)))
    return Hover(span, blocks) if blocks else None


def _place_at(document: Document, offset: int) -> tuple[Path, Part]:
    """In YAML a container without brackets begins where its first key does: that one is meant."""
    path, part = document.path_at(offset)
    if part == "value" and document.text[offset : offset + 1] not in ("", "{", "["):
        inner, inner_part = document.path_at(offset + 1)
        if len(inner) > len(path) and document.span(inner, inner_part).start == offset:
            return inner, inner_part
    return path, part


def _value_blocks(snapshot: Snapshot, project: AgentProject, path: Path) -> tuple[HoverBlock, ...]:
    """What is known of the very thing that a value names."""
    if path == ("agent_id",):
        return (Happened(project.config_path, None),)
    entrypoint = project.entrypoint_at(path)
    if entrypoint is None:
        return value_blocks(path, project.document.value)
    if path[3:] == ("file",):
        return _file_blocks(project, entrypoint)
    if path[3:] not in _NAMES_OF_CODE:
        return value_blocks(path, project.document.value)
    callers = callers_line(snapshot, project, entrypoint.tag) if entrypoint.tag else None
    return entrypoint_blocks(project, entrypoint, callers)


def _file_blocks(project: AgentProject, entrypoint: Entrypoint) -> tuple[HoverBlock, ...]:
    """The file, and what is called of it; nothing for one that a finding is about."""
    file = entrypoint.module_file
    if file is None or file.state is not FileState.FOUND:
        return ()
    same = (it for it in project.entrypoints if it.module_file is file and it.tag)
    tags = tuple(it.tag for it in same if it.tag)
    link = FileLink(entrypoint.file or file.path.name, file.path)
    pieces: list[Inline] = [Text(" · entrypoints: "), *listed(tags)] if tags else []
    return (Line((Text("Opens "), link, *pieces)),)
