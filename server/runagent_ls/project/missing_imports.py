"""Imports of an entrypoint's file that fail, because the project's file lacks the name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.evaluation import Evaluator
from runagent_ls.project.importing import ModuleReader
from runagent_ls.project.model import MissingImport
from runagent_ls.project.questions import Questions
from runagent_ls.pyfile.facts import imported_names, usage
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.model import Proof

MAX_FILES_FOLLOWED: Final = 100
"""With more files on the way nothing is claimed."""


def missing_imports(file: FilePath, source: PyFile, ask: Questions) -> Iterator[MissingImport]:
    """Unconditional `from x import y` at the top level where `x` is a file of the project that no
    reading of the program gives a `y`."""
    if source.syntax_error is not None or source.generates_names:
        return
    evaluator = Evaluator(file, ask)
    for found in imported_names(source):
        module = ask.module(found.module, file, file)
        if module is None or module.path == file:
            continue
        answer = evaluator.name(module.path, found.name)
        if answer.exists is Proof.REFUTED:
            yield MissingImport(
                file, found.span, found.module, found.name, module.path, answer.nearest
            )


def never_set(
    found: Iterable[MissingImport], reader: ModuleReader, ask: Questions
) -> tuple[MissingImport, ...]:
    """Without those whose name a file that is imported on the way may set on a module."""
    candidates = tuple(found)
    waiting = [(it.file, it.file) for it in candidates]
    seen: dict[FilePath, PyFile] = {}
    while waiting:
        path, entry = waiting.pop()
        source = reader.python(path)
        if path in seen or source is None:
            continue
        if len(seen) >= MAX_FILES_FOLLOWED or source.generates_names:
            return ()
        seen[path] = source
        for symbol in source.symbols.values():
            for option in symbol.alternatives or (symbol,):
                module, _, name = (option.target or "").partition(":")
                if option.kind == "import":
                    below = f"{module}{'' if module.endswith('.') else '.'}{name}"
                    reached = (ask.module(each, path, entry) for each in (module, below))
                    waiting.extend((it.path, entry) for it in reached if it is not None)
    used = [usage(source) for source in seen.values()]
    if any(one.any_attribute for one in used):
        return ()
    return tuple(it for it in candidates if not any(it.name in one.stored for one in used))
