"""What stands at a cursor, as far as it means something beyond its own file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class TagSubject:
    """The `tag` of an entrypoint."""

    origin: Span
    project: AgentProject
    entrypoint: Entrypoint
    tag: str


@dataclass(frozen=True, slots=True)
class FileSubject:
    """The `file` of an entrypoint, as written."""

    origin: Span
    project: AgentProject
    entrypoint: Entrypoint
    file: str


@dataclass(frozen=True, slots=True)
class ModuleSubject:
    """One part of the `module` of an entrypoint; `parts` are those up to it."""

    origin: Span
    project: AgentProject
    entrypoint: Entrypoint
    parts: tuple[str, ...]


Subject: TypeAlias = TagSubject | FileSubject | ModuleSubject
"""`origin` is the place of the subject in the file that was asked about."""
