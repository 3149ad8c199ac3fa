"""Functions that a folder's code could offer as entrypoints, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.callables.callables import Callables, Named
from runagent_ls.features.callables.tags import tags_of, unique
from runagent_ls.features.frameworks import framework_of
from runagent_ls.features.new_agent.configuration import EntrypointFields
from runagent_ls.project.discovery import config_in, find_python
from runagent_ls.project.file_source import FileSource

MAX_FILES: Final = 500
"""Python files that are looked at, those nearest to the folder first."""
MAX_CANDIDATES: Final = 200
_MAX_SUGGESTED: Final = 5
_LIKELY: Final = 3

_UNLIKELY_FILE: Final = re.compile(
    r"(?:^|/)(?:tests?/|docs?/|examples?/|scripts?/|\.|test_[^/]*$|[^/]*_test\.py$|conftest\.py$"
    r"|setup\.py$|__(?!init__\.py$)\w+__\.py$)"
)
_ENTRY_FILES: Final = frozenset({"agent", "agents", "main", "app"})
_TELLING: Final = re.compile(
    r"(?:^|_)(?:run|invoke|ask|answer|chat|reply|respond|generate|stream|query|predict|summari[sz]e"
    r"|translate|classify|search|plan|write|handle)(?:_|$)"
)
_GUARD: Final = re.compile(r"^if[ \t(]+__name__[ \t]*==", re.MULTILINE)
_LIBRARY_OBJECTS: Final = {
    "langgraph": ("compile", (("invoke", False), ("stream", True))),
    "crewai": ("Crew", (("kickoff", False),)),
}
"""By framework: what makes the object that is called, and its methods, with whether they stream."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that can be called by its `fields`, which have a tag of their own.

    `signature` and `documentation` are empty when reading cannot tell them; `suggested` ones are
    what most people would choose.
    """

    fields: EntrypointFields
    signature: str
    documentation: str
    suggested: bool


@dataclass(frozen=True, slots=True)
class _Found:
    named: Named
    file: str
    rank: int
    tag: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _Code:
    """A folder, and what is asked about its files."""

    folder: FilePath
    files: FileSource
    callables: Callables = field(default_factory=Callables)

    def names(self, path: FilePath, owner: str = "") -> tuple[Named, ...]:
        return self.callables.of(path, owner, self.folder, self.files)


def candidates(folder: FilePath, files: FileSource) -> tuple[Candidate, ...]:
    """What the code below `folder` (absolute) has to call. Reads it, never runs it.

    Tests, folders that .gitignore names and those of other agents are left out.
    """
    code = _Code(folder, files)
    found = [it for path in _python_files(folder, files) for it in _in_file(path, code)]
    found.sort(key=lambda it: -it.rank)  # equals stay in the order of their files
    return _with_tags(found[:MAX_CANDIDATES])


def _with_tags(found: list[_Found]) -> tuple[Candidate, ...]:
    likely = [it for it in found if it.certain and it.rank >= _LIKELY][:_MAX_SUGGESTED]
    suggested = {id(it) for it in likely or found[:1]}
    used: set[str] = set()
    made = []
    for it in found:
        tag = unique(it.tag, used)
        used.add(tag)
        first_line = it.named.docstring.strip().partition("\n")[0].strip()
        fields = EntrypointFields(it.file, it.named.name, tag)
        made.append(Candidate(fields, it.named.signature, first_line, id(it) in suggested))
    return tuple(made)


def _python_files(folder: FilePath, files: FileSource) -> list[FilePath]:
    found = []
    own_agents: dict[FilePath, bool] = {folder: False}
    for path in find_python(folder, files):
        relative = path.relative_to(folder).as_posix()
        if not _UNLIKELY_FILE.search(relative) and not _in_agent(path.parent, own_agents, files):
            found.append(path)
    found.sort(key=lambda it: (len(it.parts), it.stem not in _ENTRY_FILES, it))
    return found[:MAX_FILES]


def _in_agent(folder: FilePath, known: dict[FilePath, bool], files: FileSource) -> bool:
    """Whether a folder belongs to an agent below the one that was asked about."""
    found = known.get(folder)
    if found is None:
        found = config_in(folder, files) is not None or _in_agent(folder.parent, known, files)
        known[folder] = found
    return found


def _in_file(path: FilePath, code: _Code) -> Iterator[_Found]:
    text = code.files.read(path).text
    if text is None or ("def " not in text and "=" not in text):
        return
    file = path.relative_to(code.folder).as_posix()
    guard = _GUARD.search(text)
    body, guarded = (text[: guard.start()], text[guard.start() :]) if guard else (text, "")
    framework = framework_of((text,))
    for named in code.names(path):
        symbol = named.symbol
        if named.is_private or symbol is None or named.resolution.defined_in != path:
            continue
        rank = _of_file(file) + _of_use(named, body, guarded)
        if symbol.kind == "function" and named.can_be_called:
            rank += _of_function(named) - (0 if named.certainly_callable else 2)
            yield _Found(named, file, rank, tags_of(named.name, named)[0], named.certainly_callable)
        elif symbol.kind in {"instance", "other"}:
            yield from _methods(named, file, rank - 1, code)
            if framework in _LIBRARY_OBJECTS:
                yield from _of_library(named, file, rank + 3, *_LIBRARY_OBJECTS[framework])


def _of_file(file: str) -> int:
    stem = file.rpartition("/")[2].removesuffix(".py")
    return 2 * (stem in _ENTRY_FILES) - file.count("/")


def _of_use(named: Named, body: str, guarded: str) -> int:
    """What the file itself does with a name: scripts call what matters at their end."""
    called = re.compile(rf"(?<![\w.]){re.escape(named.name)}\s*[(.]")
    uses = len(called.findall(body)) - (f"def {named.name}(" in body)
    return 3 * bool(called.search(guarded)) - 2 * (uses > 0)


def _of_function(named: Named) -> int:
    signature = named.resolution.signature
    parameters = signature.parameters if signature is not None else ()
    annotated = any(it.annotation for it in parameters)
    answers = named.symbol is None or named.symbol.returns != ("none",)
    script = named.name == "main" and not parameters
    telling = bool(_TELLING.search(named.name))
    return (
        bool(named.docstring) + annotated + bool(parameters) + 2 * telling - 3 * (not answers)
    ) - 4 * script


def _methods(owner: Named, file: str, rank: int, code: _Code) -> Iterator[_Found]:
    """The public methods of an object of the project's own class."""
    for named in code.names(owner.file, owner.name):
        symbol = named.symbol
        if named.is_private or symbol is None or symbol.kind != "function":
            continue
        if named.certainly_callable:
            tag = tags_of(named.name.rpartition(".")[2], named)[0]
            yield _Found(named, file, rank + _of_function(named), tag)


def _of_library(
    owner: Named, file: str, rank: int, maker: str, methods: tuple[tuple[str, bool], ...]
) -> Iterator[_Found]:
    """The methods by which a framework's object is called, as its documentation has them."""
    symbol = owner.symbol
    target = (symbol.target or "") if symbol is not None else ""
    if re.search(rf"(?:^|\.){maker}(?:\(.*\))?\s*$", target, re.DOTALL) is None:
        return
    for method, streams in methods:
        named = replace(owner, name=f"{owner.name}.{method}")
        yield _Found(named, file, rank, f"{owner.name}_stream" if streams else owner.name)
