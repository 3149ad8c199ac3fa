"""What an entrypoint's `module` may name: callables of its file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.completion.callables import Named
from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.model import NOTHING, Completion, Completions, Kind
from runagent_ls.features.completion.scene import Scene
from runagent_ls.features.markup.content import Prose
from runagent_ls.pyfile.model import Proof

_KINDS: Final[dict[str, Kind]] = {"class": "class", "instance": "variable", "other": "variable"}


def modules(scene: Scene) -> Completions:
    """Names of the file that the entrypoint has, those that can be called first."""
    file = scene.entry.get("file")
    if not isinstance(file, str) or scene.project.files is None:
        return NOTHING
    found = named_in(scene, scene.project.root / file)
    return Completions(tuple(_completion(scene, it) for it in ranked(found)))


def named_in(scene: Scene, file: FilePath) -> tuple[Named, ...]:
    """What a file of the project has to call."""
    files = scene.project.files
    if files is None or file.suffix != ".py" or not file.is_relative_to(scene.project.root):
        return ()
    return scene.callables.of(file, scene.project.root, files)


def ranked(found: Iterable[Named]) -> list[Named]:
    """The likeliest first: certain callables in source order, private names last."""
    usable = (it for it in found if it.can_be_called)
    return sorted(usable, key=_rank)


def _rank(named: Named) -> tuple[bool, bool, bool]:
    symbol = named.resolution.symbol
    return (
        named.name.rpartition(".")[2].startswith("_"),
        named.resolution.is_callable is not Proof.PROVEN,
        symbol is not None and symbol.kind == "class",
    )


def _completion(scene: Scene, named: Named) -> Completion:
    return scene.editor.value(named.name, about(named))


def about(named: Named) -> About:
    """Signature and docstring of a callable."""
    symbol = named.resolution.symbol
    kind = _KINDS.get(symbol.kind if symbol is not None else "", "function")
    documentation = (Prose(named.docstring),) if named.docstring else ()
    return About(kind, named.signature, documentation)
