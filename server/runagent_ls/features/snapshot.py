"""What every feature is computed from: the open projects and files as they are at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Protocol

from runagent_ls.jsontree.document import Document
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.model import AgentProject


class Snapshot(Protocol):
    """Configurations, Python files and client code of a workspace as one graph.

    Reading it never runs code and never waits for a search: what has not been looked at yet is
    missing in the answers until it has.
    """

    @property
    def files(self) -> FileSource:
        """Open buffers over the disk."""

    @property
    def folders(self) -> tuple[FilePath, ...]:
        """The workspace folders that were searched for projects, sorted."""

    @property
    def configs(self) -> tuple[FilePath, ...]:
        """The configurations of all known projects, sorted."""

    def project(self, config: FilePath) -> AgentProject:
        """The project of a configuration, as of now."""

    def document(self, config: FilePath) -> Document:
        """What a configuration says, as of now, without looking at the rest of its project."""

    def projects_of(self, path: FilePath) -> Iterable[AgentProject]:
        """The projects that a file is part of: its folders' own, and those that read it."""

    def client_calls(self, path: FilePath) -> tuple[ClientCall, ...]:
        """The calls of SDK clients in one file, as of now; empty for other files."""

    def calls_with_tag(self, tag: str) -> tuple[ClientCall, ...]:
        """All known calls that name this tag, of whichever agent, in the order of their files."""

    def calls_with_id(self, agent_id: str) -> tuple[ClientCall, ...]:
        """All known calls that name this agent, of whichever tag, in the order of their files."""

    def configs_with_id(self, agent_id: str) -> tuple[FilePath, ...]:
        """The known configurations with this `agent_id`, sorted; several when they are copies."""

    def configs_with_tag(self, tag: str) -> tuple[FilePath, ...]:
        """The known configurations with an entrypoint of this tag, sorted."""
