"""Environment variables of an agent: its configuration, its `.env` and its code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from runagent_ls.features.graph.places import Place
from runagent_ls.features.graph.subjects import EnvironmentSubject
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.contents import key_content
from runagent_ls.project.model import AgentProject
from runagent_ls.project.surroundings import ENV_FILE
from runagent_ls.pyfile.environment import environment_reads
from runagent_ls.rules.environment.env_entries import env_entries


def env_file_subject(snapshot: Snapshot, path: FilePath, offset: int) -> EnvironmentSubject | None:
    """The name at an offset of an agent's `.env`."""
    projects = tuple(it for it in snapshot.projects_of(path) if it.root == path.parent)
    for entry in env_entries(snapshot.files.read(path).text or ""):
        if projects and entry.span.start <= offset <= entry.span.end:
            return EnvironmentSubject(entry.span, entry.key, projects)
    return None


def python_env_subject(
    snapshot: Snapshot, path: FilePath, offset: int
) -> EnvironmentSubject | None:
    """The name of a variable that Python code asks for at an offset."""
    source = snapshot.files.python(path)
    for read in environment_reads(source) if source is not None else ():
        if read.span.start <= offset <= read.span.end:
            return EnvironmentSubject(read.span, read.name, tuple(snapshot.projects_of(path)))
    return None


def settings_of(project: AgentProject, name: str) -> Iterator[Place]:
    """Where a variable gets its value: the lines of `.env`, which win, then the configuration."""
    for entry in env_entries(project.env_file or ""):
        if entry.key == name:
            yield Place.of(project.root / ENV_FILE, entry.span)
    key = key_content(project.document, ("env_vars", name))
    if key is not None:
        place = project.document.span(("env_vars", name), "property")
        yield Place.of(project.config_path, key.span, place)


def reads_of(project: AgentProject, name: str) -> Iterator[Place]:
    """Where the agent's code asks for a variable."""
    for path, source in sorted(project.sources.items()):
        for read in environment_reads(source):
            if read.name == name:
                yield Place.of(path, read.span)
