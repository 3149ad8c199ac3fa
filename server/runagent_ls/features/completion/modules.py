"""What an entrypoint's `module` may name: callables of its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from runagent_ls.features.callables.callables import Named
from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.model import NOTHING, Completion, Completions, Kind
from runagent_ls.features.completion.scene import Scene
from runagent_ls.features.markup.content import Prose
from runagent_ls.pyfile.model import Proof

_KINDS: Final[dict[str, Kind]] = {"class": "class", "instance": "variable", "other": "variable"}
_USUAL: Final = {
    "ag2": ("run",), "agno": ("run", "arun"), "autogen": ("run", "run_stream"),
    "crewai": ("kickoff", "kickoff_async"), "langchain": ("invoke", "stream", "ainvoke"),
    "langgraph": ("invoke", "stream", "ainvoke", "astream"), "llamaindex": ("run", "chat"),
}  # fmt: skip
"""What objects of a framework are called by, for those that only running the code would tell."""


def modules(scene: Scene) -> Completions:
    """Names of the file that the entrypoint has, those that can certainly be called first."""
    file = scene.entry.get("file")
    if not isinstance(file, str):
        return NOTHING
    owner, dot, _ = scene.place.written.rpartition(".")
    if dot and owner:
        found = ranked(scene.callables_of(file, owner))
        return Completions(
            tuple(_completion(scene, it) for it in found) + _usual(scene, file, owner)
        )
    top = scene.callables_of(file)
    found = sorted((*ranked(top), *_methods(scene, file, top)), key=_rank)
    items = [_completion(scene, it) for it in found]
    for named in top:
        if _is_unknown_object(named):
            items += _usual(scene, file, named.name)
    return Completions(tuple(items))


def ranked(found: Iterable[Named]) -> list[Named]:
    """The likeliest first: what the file itself defines before what it imports, classes behind
    functions and methods, then what may be callable, private names last; else in source order.
    """
    return sorted((it for it in found if it.can_be_called), key=_rank)


def _rank(named: Named) -> tuple[bool, bool, bool, bool]:
    symbol = named.symbol
    is_class = symbol is not None and symbol.kind == "class"
    is_imported = named.resolution.defined_in not in (None, named.file)
    return named.is_private, not named.certainly_callable, is_class, is_imported


def _methods(scene: Scene, file: str, top: Iterable[Named]) -> Iterator[Named]:
    """Methods of the file's instances: `agent.run`."""
    for named in top:
        symbol = named.symbol
        if symbol is not None and symbol.kind == "instance" and not named.is_private:
            found = ranked(scene.callables_of(file, named.name))
            yield from (it for it in found if it.certainly_callable and not it.is_private)


def _is_unknown_object(named: Named) -> bool:
    symbol = named.symbol
    unknown = named.resolution.is_callable is Proof.UNKNOWN and not named.is_private
    return unknown and symbol is not None and symbol.kind in {"instance", "other"}


def _usual(scene: Scene, file: str, owner: str) -> tuple[Completion, ...]:
    """What such objects usually have, when nothing is known of this one."""
    named = scene.callable_named(file, owner)
    if named is None or not _is_unknown_object(named):
        return ()
    said = About("method", "usual, but not certain: only running the code tells")
    names = _USUAL.get(scene.project.framework or "", ())
    return tuple(scene.editor.value(f"{owner}.{name}", said) for name in names)


def _completion(scene: Scene, named: Named) -> Completion:
    return scene.editor.value(named.name, about(named))


def about(named: Named) -> About:
    """Signature and docstring of a callable."""
    symbol = named.symbol
    kind = _KINDS.get(symbol.kind if symbol is not None else "", "function")
    if kind == "function" and "." in named.name:
        kind = "method"
    documentation = (Prose(named.docstring),) if named.docstring else ()
    return About(kind, named.signature, documentation)
