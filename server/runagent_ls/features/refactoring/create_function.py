"""Create the function that an entrypoint names and its file lacks."""

from __future__ import annotations

import ast
import builtins
from functools import lru_cache
from keyword import iskeyword
from pathlib import Path as FilePath

from runagent_ls.features.changes import Change, text_edits
from runagent_ls.features.refactoring.callers import caller_parameters
from runagent_ls.features.refactoring.offer import QUICK_FIX, Offer
from runagent_ls.features.refactoring.python_layout import Insertion, PythonLayout
from runagent_ls.features.refactoring.stubs import StubParameter, stub
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.model import AgentProject, Entrypoint, FileState
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.position import Span


def create_function(
    snapshot: Snapshot, project: AgentProject, entrypoint: Entrypoint
) -> Offer | None:
    """Put a function of the name into the file, where the last one ends.

    None unless the file is whole, inside the project and certainly lacks the name.
    """
    at, found, name = entrypoint.module_file, entrypoint.resolution, entrypoint.module
    if at is None or at.source is None or found is None or name is None:
        return None
    if at.state is not FileState.FOUND or not at.inside_project or not can_be_made(name):
        return None
    missing = found.exists is Proof.REFUTED and found.owner is None
    if not missing or name in at.source.guarded_names or not agree(project, entrypoint):
        return None
    inputs = caller_parameters(snapshot, project, entrypoint.tag or "")
    made = _placed(at.source.text, name, inputs, streams=entrypoint.is_stream)
    if made is None:
        return None
    edits = insertion_edits(at.path, at.source.text, made)
    title = f"Create function {name} in {entrypoint.file}"
    return Offer(title, QUICK_FIX, Change(edits), frozenset({"name-not-found"}))


def can_be_made(module: str) -> bool:
    """Whether a function of this name may be put into a file without a surprise."""
    plain = module.isidentifier() and not iskeyword(module) and not module.startswith("__")
    return plain and module not in dir(builtins)


def agree(project: AgentProject, entrypoint: Entrypoint) -> bool:
    """Whether all entrypoints of the same function stream, or none of them does."""
    same = (it for it in project.entrypoints if it.module == entrypoint.module)
    return all(
        it.is_stream == entrypoint.is_stream
        for it in same
        if it.module_file is not None
        and entrypoint.module_file is not None
        and it.module_file.path == entrypoint.module_file.path
    )


@lru_cache(maxsize=8)
def _placed(
    text: str, name: str, inputs: tuple[StubParameter, ...], *, streams: bool
) -> Insertion | None:
    """Kept for as long as the cursor moves and the file stays."""
    layout = PythonLayout.read(text)
    if layout is None:
        return None
    source = stub(name, inputs, streams=streams, is_async=_all_async(layout.tree))
    return layout.insertion(layout.place_for_function(), name, source)


def insertion_edits(file: FilePath, text: str, made: Insertion) -> tuple[TextEdit, ...]:
    """A new function as an edit of the file with this text."""
    return text_edits(file, text, [(Span(made.at, made.at), made.new_text)])


def _all_async(tree: ast.Module) -> bool:
    """Whether the file's functions are written with `async` throughout."""
    functions = [it for it in tree.body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)]
    return bool(functions) and all(isinstance(it, ast.AsyncFunctionDef) for it in functions)
