"""What can be followed by a click: files that a configuration names, addresses, requirements."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final
from urllib.parse import urlsplit

from runagent_ls.features.graph.code_places import named_file
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.contents import content_of, key_content
from runagent_ls.jsontree.document import JsonValue, Missing, Path
from runagent_ls.project.discovery import is_config
from runagent_ls.project.model import AgentProject
from runagent_ls.project.surroundings import ENV_FILE
from runagent_ls.text.position import Span

_REQUIREMENTS: Final = re.compile(r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.txt")
_INCLUDED: Final = re.compile(
    r"^[ \t]*(?:-[rc][ \t]*|--(?:requirement|constraint)(?:[ \t]+|[ \t]*=[ \t]*))"
    r"(?P<file>[^\s#][^\r\n#]*?)[ \t]*(?:#.*)?\r?$",
    re.MULTILINE,
)
_ADDRESS: Final = re.compile(r"https?://[^\s\x00-\x20\x7f<>\"{}|\\^`]+", re.IGNORECASE)
_NEVER_OPENED: Final = {"agent_architecture", "env_vars"}
"""Addresses of webhooks are called, not read, and values of variables may be secrets."""
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class Link:
    """`target` is a file of this machine or a web address; `tooltip` says what is there."""

    span: Span
    target: FilePath | str
    tooltip: str


def document_links(snapshot: Snapshot, path: FilePath) -> tuple[Link, ...]:
    """The links of a configuration, or of an agent's requirements; other files have none.

    Nothing is linked that is not there.
    """
    if is_config(path):
        project = snapshot.project(path)
        return (*_files(snapshot, project), *_env_file(snapshot, project), *_addresses(project))
    if _REQUIREMENTS.fullmatch(path.name) and any(snapshot.projects_of(path)):
        return tuple(_requirements(snapshot, path))
    return ()


def _files(snapshot: Snapshot, project: AgentProject) -> Iterator[Link]:
    known: dict[str, FilePath | None] = {}
    for entrypoint in project.entrypoints:
        if not entrypoint.file:
            continue
        if entrypoint.file not in known:
            known[entrypoint.file] = named_file(project, entrypoint, snapshot.files)
        target = known[entrypoint.file]
        content = content_of(project.document, (*entrypoint.path, "file"))
        if target is not None and content is not None:
            yield Link(content.span, target, "Open the entrypoint's file")


def _env_file(snapshot: Snapshot, project: AgentProject) -> Iterator[Link]:
    target = project.root / ENV_FILE
    key = key_content(project.document, ("env_vars",))
    if key is not None and snapshot.files.kind(target) == "file":
        yield Link(key.span, target, "Open .env, whose values override these")


def _addresses(project: AgentProject) -> Iterator[Link]:
    value = project.document.value
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key not in _NEVER_OPENED:
            for path, address in _strings(inner, (key,)):
                content = content_of(project.document, path)
                if content is not None:
                    yield Link(content.span, address, "Open in the browser")


def _strings(value: JsonValue | Missing, path: Path) -> Iterator[tuple[Path, str]]:
    """Strings that are a web address and nothing else."""
    if isinstance(value, str):
        if _ADDRESS.fullmatch(value) and _has_host(value):
            yield path, value
    elif len(path) < _DEEPEST:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from _strings(inner, (*path, key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from _strings(inner, (*path, index))


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def _requirements(snapshot: Snapshot, path: FilePath) -> Iterator[Link]:
    """Files that `-r` and `-c` include, as seen from the file itself."""
    for match in _INCLUDED.finditer(snapshot.files.read(path).text or ""):
        written = match["file"]
        if "://" in written or "\0" in written:
            continue
        target = FilePath(os.path.normpath(path.parent / written))
        if snapshot.files.kind(target) == "file":
            yield Link(Span(*match.span("file")), target, "Open these requirements")
