"""Names in Python files that entrypoints go through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.features.changes import RefusedError
from runagent_ls.features.graph.in_python import word_at
from runagent_ls.features.rename.code import PythonRename
from runagent_ls.features.rename.functions import (
    FunctionRename,
    ModuleName,
    named_by,
)
from runagent_ls.features.rename.homes import Homes
from runagent_ls.features.rename.methods import MethodName, MethodRename, method_of
from runagent_ls.features.rename.reaching import projects_reaching
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class PythonSubject:
    """A name that stands at `origin` of the file that was asked about."""

    origin: Span
    rename: PythonRename


def python_subject(snapshot: Snapshot, path: FilePath, offset: int) -> PythonSubject | None:
    """The name at an offset of a Python file, if some entrypoint goes through it.

    None for all other names: they are the Python extension's.
    """
    if path.suffix != ".py":
        return None
    text = snapshot.files.read(path).text or ""
    span = word_at(text, offset)
    if span is None:
        return None
    word = text[span.start : span.end]
    for target in _targets(snapshot, path, word, span):
        rename = rename_of(snapshot, target)
        if span in rename.spans.get(path, ()):
            return PythonSubject(span, rename)
    return None


def target_of(
    snapshot: Snapshot, entrypoint: Entrypoint, parts: tuple[str, ...]
) -> ModuleName | MethodName:
    """What the last of the first parts of `module` names. Raises `RefusedError`."""
    method = method_of(entrypoint) if len(parts) == len(_parts(entrypoint)) > 1 else None
    if method is not None and _is_member(snapshot, method):
        return method
    return named_by(snapshot, entrypoint, parts)


def rename_of(snapshot: Snapshot, target: ModuleName | MethodName) -> PythonRename:
    """All uses of a target, looked up."""
    if isinstance(target, MethodName):
        return MethodRename(snapshot, target)
    return FunctionRename(snapshot, target)


def _is_member(snapshot: Snapshot, found: MethodName) -> bool:
    """Whether a class binds it, and not the module."""
    source = snapshot.files.python(found.home)
    symbol = source.symbols.get(found.name) if source is not None else None
    return symbol is None or found.span not in {it.span for it in (symbol, *symbol.alternatives)}


def _targets(
    snapshot: Snapshot, path: FilePath, word: str, span: Span
) -> Iterator[ModuleName | MethodName]:
    """What is spelt like this, may be meant at the span, and some entrypoint goes through."""
    homes = Homes(snapshot, path, word)
    here, is_member = homes.at(span), homes.is_member(span)
    seen: set[ModuleName | MethodName] = set()
    for project in _projects(snapshot, path, word, here) if here or is_member else ():
        for target in _named_alike(snapshot, project, word):
            if target in seen:
                continue
            seen.add(target)
            if isinstance(target, MethodName):
                if is_member:
                    yield target
            elif not here.isdisjoint(homes.upwards([target.home])):
                yield target


def _named_alike(
    snapshot: Snapshot, project: AgentProject, word: str
) -> Iterator[ModuleName | MethodName]:
    for entrypoint in project.entrypoints:
        parts = _parts(entrypoint)
        for at, part in enumerate(parts, 1):
            if part == word:
                try:
                    yield target_of(snapshot, entrypoint, parts[:at])
                except RefusedError:
                    continue  # nothing that reading can follow: the Python extension's


def _projects(
    snapshot: Snapshot, path: FilePath, word: str, homes: frozenset[FilePath]
) -> Iterator[AgentProject]:
    """Those the file is part of, and those that read what the name comes from."""
    found = {it.config_path: it for it in snapshot.projects_of(path)}
    yield from found.values()
    if homes:
        yield from projects_reaching(snapshot, word, homes, found)


def _parts(entrypoint: Entrypoint) -> tuple[str, ...]:
    return tuple(entrypoint.module.split(".")) if entrypoint.module else ()
