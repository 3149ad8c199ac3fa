"""What stands at a cursor in code: client calls, environment variables, entrypoints' functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.graph.code_places import code_places
from runagent_ls.features.graph.environment import python_env_subject
from runagent_ls.features.graph.python_uses import means_module_name, module_bindings
from runagent_ls.features.graph.subjects import (
    AgentIdSubject,
    CallTagSubject,
    FunctionSubject,
    Named,
    Subject,
)
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.model import Entrypoint
from runagent_ls.text.position import Span

_WORD: Final = re.compile(r"\w+")
_LONGEST: Final = 200
"""Characters of a name that are looked at on either side of the cursor."""


def code_subject(snapshot: Snapshot, path: FilePath, offset: int) -> Subject | None:
    """The string at an offset of Python, TypeScript or JavaScript, where it means something."""
    for call in snapshot.client_calls(path):
        if call.tag is not None and _touches(call.tag.span, offset):
            return CallTagSubject(call.tag.span, call, call.tag.value)
        if call.agent_id is not None and _touches(call.agent_id.span, offset):
            return AgentIdSubject(call.agent_id.span, call.agent_id.value)
    return python_env_subject(snapshot, path, offset) if path.suffix == ".py" else None


def _touches(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end


def function_subject(snapshot: Snapshot, path: FilePath, offset: int) -> FunctionSubject | None:
    """The name at an offset of a Python file, if entrypoints lead to it."""
    source = snapshot.files.python(path)
    word = word_at(source.text, offset) if source is not None else None
    if source is None or word is None:
        return None
    found = tuple(entries_naming(snapshot, path, word))
    if not found:
        places = module_bindings(source, word)
        found = tuple(it for place in places for it in entries_naming(snapshot, path, place))
        if not found or not means_module_name(source, word):
            return None
    return FunctionSubject(word, path, found)


def word_at(text: str, offset: int) -> Span | None:
    """Place of the identifier that touches an offset."""
    begin = max(0, offset - _LONGEST)
    for match in _WORD.finditer(text, begin, offset + _LONGEST):
        if match.end() >= offset:
            return Span(*match.span()) if match.start() <= offset else None
    return None


def entries_naming(snapshot: Snapshot, path: FilePath, place: Span) -> Iterator[Named]:
    """Entrypoints of all projects whose `module` leads to the name that is bound at a place."""
    text = snapshot.files.read(path).text or ""
    word = text[place.start : place.end]
    for project in snapshot.projects_of(path):
        known: dict[tuple[str | None, tuple[str, ...]], bool] = {}
        for entrypoint in project.entrypoints:
            for parts in _candidates(entrypoint, path, word):
                key = (entrypoint.file, parts)
                if key not in known:
                    named = Named(project, entrypoint, parts)
                    known[key] = _leads_to(snapshot, named, path, place)
                if known[key]:
                    yield Named(project, entrypoint, parts)


def _candidates(entrypoint: Entrypoint, path: FilePath, word: str) -> Iterator[tuple[str, ...]]:
    """Beginnings of `module` that may mean a word; cheap, since it is asked of all entrypoints."""
    module = entrypoint.module
    if not module or entrypoint.verdict is None:
        return
    settled = entrypoint.verdict.settled
    symbol = settled.symbol
    defined = symbol is not None and symbol.name == word and settled.defined_in == path
    if not defined and word not in module:
        return
    parts = tuple(module.split("."))
    for count in range(1, len(parts) + 1):
        if parts[count - 1] == word or (defined and count == len(parts)):
            yield parts[:count]


def _leads_to(snapshot: Snapshot, named: Named, path: FilePath, place: Span) -> bool:
    """Whether a place is the definition, or the import in the entrypoint's file."""
    files, project, entrypoint = snapshot.files, named.project, named.entrypoint
    places = [
        *code_places(files, project, entrypoint, named.parts),
        *code_places(files, project, entrypoint, named.parts, declared=True),
    ]
    return any(it.file == path and it.span == place for it in places)
