"""Names behind a dot: attributes of what a name of a file stands for."""

from __future__ import annotations

from pathlib import Path as FilePath

from runagent_ls.project.classes import lineage
from runagent_ls.project.evaluation import Evaluator
from runagent_ls.project.objects import Thing
from runagent_ls.project.questions import Questions
from runagent_ls.pyfile.model import Symbol


def members(file: FilePath, owner: str, ask: Questions) -> tuple[str, ...]:
    """The attributes that the project's own code gives to `owner`, a dotted name of a file.

    In the order of the source, those of the class before those of its bases.
    """
    evaluator = Evaluator(file, ask)
    first, *rest = owner.split(".")
    try:
        things = evaluator.name(file, first).things
        for part in rest:
            things = evaluator.attribute(things[-1], part).things if things else ()
        return tuple(dict.fromkeys(_names(evaluator, things[-1]))) if things else ()
    except RecursionError:
        return ()


def _names(evaluator: Evaluator, thing: Thing) -> list[str]:
    found = list(thing.symbol.attributes) if thing.symbol is not None else []
    if thing.kind == "module" and thing.module is not None:
        found += evaluator.ask.names(thing.module.path)
    elif thing.kind == "class" and thing.symbol is not None and thing.path is not None:
        found += _of_class(evaluator, thing.symbol, thing.path, instance=False)
    elif thing.kind == "instance" and thing.class_ is not None and thing.class_path is not None:
        found += _of_class(evaluator, thing.class_, thing.class_path, instance=True)
    return found


def _of_class(evaluator: Evaluator, class_: Symbol, path: FilePath, *, instance: bool) -> list[str]:
    found: list[str] = []
    for symbol, _ in lineage(evaluator, class_, path).classes:
        found += symbol.members
        if instance:
            found += symbol.instance_attributes
    return found
