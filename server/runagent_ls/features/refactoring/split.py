"""Give a generator two entrypoints: one that streams, and one that answers with all its chunks."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Final

from runagent_ls.features.changes import Change
from runagent_ls.features.refactoring.config_edits import config_edits, free_tag
from runagent_ls.features.refactoring.create_function import inserted_function
from runagent_ls.features.refactoring.offer import REWRITE_SPLIT, Offer
from runagent_ls.features.refactoring.python_layout import PythonLayout
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.jsontree.edits import Replacement, insert_item, set_value
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.pyfile.signature_schema import signature_text
from runagent_ls.rules.finding import TextEdit

_ENTRYPOINTS: Final = ("agent_architecture", "entrypoints")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class _Collector:
    """The new function that collects what a generator yields."""

    name: str
    edit: TextEdit


def split(project: AgentProject, entrypoint: Entrypoint) -> Offer | None:
    """Let a tag that does not stream answer with a list, and add one that streams; or, for an
    entrypoint that streams, add one that answers with a list.

    None unless a plain generator of the entrypoint's own file certainly stands behind it.
    """
    tag = entrypoint.tag
    collector = _collector(entrypoint) if tag else None
    if collector is None or not tag:
        return None
    if entrypoint.is_stream:
        new = tag.removesuffix("_stream")
        if any(it.tag == new or _is_twin(it, entrypoint) for it in project.entrypoints):
            return None
        made = _added(project, entrypoint, collector.name, new)
        title = f"Add the entrypoint {new}, which answers {tag} in one piece"
    else:
        twin = next((it for it in project.entrypoints if _is_twin(it, entrypoint)), None)
        made = set_value(project.document, (*entrypoint.path, "module"), collector.name)
        new = twin.tag if twin is not None and twin.tag else free_tag(project, tag, streams=True)
        if twin is None and made is not None:
            added = _added(project, entrypoint, entrypoint.module or "", new)
            made = None if added is None else made + added
        title = f"Split into {tag}, which answers in one piece, and {new}"
    if not made:
        return None
    edits = (collector.edit, *config_edits(project, made))
    return Offer(title, REWRITE_SPLIT, Change(edits), frozenset({"generator-without-stream"}))


def _is_twin(other: Entrypoint, entrypoint: Entrypoint) -> bool:
    """Whether it is the same function called the other way."""
    same = other.file == entrypoint.file and other.module == entrypoint.module
    return same and other.tag is not None and other.is_stream != entrypoint.is_stream


def _added(
    project: AgentProject, entrypoint: Entrypoint, module: str, tag: str
) -> tuple[Replacement, ...] | None:
    """Insert an entrypoint behind the one at hand."""
    value: dict[str, JsonValue] = {"file": entrypoint.file, "module": module, "tag": tag}
    return insert_item(project.document, _ENTRYPOINTS, value, entrypoint.index + 1)


def _collector(entrypoint: Entrypoint) -> _Collector | None:
    found, at = entrypoint.resolution, entrypoint.module_file
    if found is None or at is None or at.source is None or not at.inside_project:
        return None
    if not found.exists is found.gives_generator is Proof.PROVEN or found.defined_in != at.path:
        return None
    value, symbol = entrypoint.value, at.source.symbols.get(entrypoint.module or "")
    if symbol is None or not symbol.is_generator or symbol.signature is None:
        return None
    signature = signature_text(replace(symbol.signature, returns=None))
    # An extractor would be given a list instead of each chunk.
    if not isinstance(value, dict) or value.get("extractor"):
        return None
    layout = PythonLayout.read(at.source.text)
    function = _function(layout, symbol.name) if layout is not None else None
    if layout is None or function is None or not _can_be_wrapped(function):
        return None
    name = _free_name(f"{function.name.removesuffix('_stream')}_all", at.source.text)
    edit = inserted_function(
        at.path, layout, layout.place_behind(function), _wrapper(name, function, signature)
    )
    return None if edit is None else _Collector(name, edit)


def _function(layout: PythonLayout, name: str) -> Function | None:
    """The only function of the name at the top level."""
    found = [
        it
        for it in layout.tree.body
        if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef) and it.name == name
    ]
    return found[0] if len(found) == 1 else None


def _can_be_wrapped(function: Function) -> bool:
    """Whether the same parameters, written again, mean the same."""
    arguments = function.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    names = {it.arg for it in (*every, arguments.vararg, arguments.kwarg) if it is not None}
    typed = getattr(function, "type_params", ())
    fixed = not any(isinstance(it, ast.NamedExpr | ast.Call) for it in ast.walk(arguments))
    return fixed and not function.decorator_list and not typed and function.name not in names


def _free_name(wanted: str, text: str) -> str:
    """A name that does not occur in the text at all."""
    name, number = wanted, 2
    while name in text:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _wrapper(name: str, function: Function, signature: str) -> str:
    call = f"{function.name}({_passed(function.args)})"
    is_async = isinstance(function, ast.AsyncFunctionDef)
    answer = f"[item async for item in {call}]" if is_async else f"[*{call}]"
    return "\n".join(
        [
            f"{'async ' if is_async else ''}def {name}{signature}:",
            f'    """All that `{function.name}` yields, in one list."""',
            f"    return {answer}",
        ]
    )


def _passed(arguments: ast.arguments) -> str:
    """The arguments of a call that hands all parameters on."""
    passed = [it.arg for it in (*arguments.posonlyargs, *arguments.args)]
    if arguments.vararg is not None:
        passed.append(f"*{arguments.vararg.arg}")
    passed += [f"{it.arg}={it.arg}" for it in arguments.kwonlyargs]
    if arguments.kwarg is not None:
        passed.append(f"**{arguments.kwarg.arg}")
    return ", ".join(passed)
