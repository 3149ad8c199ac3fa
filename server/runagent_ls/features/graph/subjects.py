"""What stands at a cursor, as far as it means something beyond its own file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TypeAlias

from runagent_ls.project.clients.model import ClientCall
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


@dataclass(frozen=True, slots=True)
class CallTagSubject:
    """The tag that client code calls."""

    origin: Span
    call: ClientCall
    tag: str


@dataclass(frozen=True, slots=True)
class AgentIdSubject:
    """The id of an agent, in its configuration or in client code."""

    origin: Span
    agent_id: str


@dataclass(frozen=True, slots=True)
class EnvironmentSubject:
    """The name of an environment variable; `projects` are those that it is one of."""

    origin: Span
    name: str
    projects: tuple[AgentProject, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """The first `parts` of an entrypoint's `module`, as something that names Python code."""

    project: AgentProject
    entrypoint: Entrypoint
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FunctionSubject:
    """A name in Python that entrypoints lead to: where it is defined or where it is imported."""

    origin: Span
    file: FilePath
    named_by: tuple[Named, ...]


Subject: TypeAlias = (
    TagSubject
    | FileSubject
    | ModuleSubject
    | CallTagSubject
    | AgentIdSubject
    | EnvironmentSubject
    | FunctionSubject
)
"""`origin` is the place of the subject in the file that was asked about."""
