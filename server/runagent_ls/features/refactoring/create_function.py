"""Create the function that an entrypoint names and its file lacks."""

from __future__ import annotations

import ast
import builtins
from keyword import iskeyword
from pathlib import Path as FilePath

from runagent_ls.features.changes import Change
from runagent_ls.features.refactoring.callers import caller_parameters
from runagent_ls.features.refactoring.offer import QUICK_FIX, Offer
from runagent_ls.features.refactoring.python_layout import PythonLayout
from runagent_ls.features.refactoring.stubs import stub
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.model import AgentProject, Entrypoint, FileState
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.lines import LineIndex
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
    layout = PythonLayout.read(at.source.text)
    if layout is None:
        return None
    inputs = caller_parameters(snapshot, project, entrypoint.tag or "")
    is_async = _all_async(layout.tree)
    source = stub(name, inputs, streams=entrypoint.is_stream, is_async=is_async)
    edit = inserted_function(at.path, layout, layout.place_for_function(), source)
    if edit is None:
        return None
    title = f"Create function {name} in {entrypoint.file}"
    return Offer(title, QUICK_FIX, Change((edit,)), frozenset({"name-not-found"}))


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


def inserted_function(
    file: FilePath, layout: PythonLayout, at: int, source: str
) -> TextEdit | None:
    """The edit that puts a function into a file; None when the result would not be that file
    and this function."""
    new_text = layout.inserted(at, source)
    after = PythonLayout.read(layout.text[:at] + new_text + layout.text[at:])
    if after is None or len(after.tree.body) != len(layout.tree.body) + 1:
        return None
    return TextEdit(file, LineIndex(layout.text).range(Span(at, at)), new_text)


def _all_async(tree: ast.Module) -> bool:
    """Whether the file's functions are written with `async` throughout."""
    functions = [it for it in tree.body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)]
    return bool(functions) and all(isinstance(it, ast.AsyncFunctionDef) for it in functions)
