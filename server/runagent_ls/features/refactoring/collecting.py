"""A function that gives all that a generator yields, in one list."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import lru_cache

from runagent_ls.features.refactoring.python_layout import Insertion, PythonLayout
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.signature_schema import signature_text

Function = ast.FunctionDef | ast.AsyncFunctionDef


def collector(source: PyFile, name: str) -> Insertion | None:
    """The function that collects what the top-level generator `name` yields, to stand behind it.

    None unless the file is whole and the generator's parameters, written again, mean the same.
    """
    symbol = source.symbols.get(name)
    if symbol is None or not symbol.is_generator or symbol.signature is None:
        return None
    return _made(source.text, name, signature_text(replace(symbol.signature, returns=None)))


@lru_cache(maxsize=8)
def _made(text: str, name: str, signature: str) -> Insertion | None:
    """Kept for as long as the cursor moves and the file stays."""
    layout = PythonLayout.read(text)
    function = _function(layout, name) if layout is not None else None
    if layout is None or function is None or not _can_be_wrapped(function):
        return None
    free = _free_name(f"{name.removesuffix('_stream')}_all", text)
    source = _wrapper(free, function, signature)
    return layout.insertion(layout.place_behind(function), free, source)


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
