"""What a function's head and own body say: parameters, generator-ness, calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

from runagent_ls.pyfile.model import CallSite, Parameter, ParameterKind, Signature
from runagent_ls.pyfile.source import Source
from runagent_ls.pyfile.walking import children

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_STATEMENT_LISTS = ("body", "orelse", "handlers", "finalbody", "cases")


def own_nodes(function: Function | ast.Lambda) -> Iterator[ast.AST]:
    """Nodes that run as part of the function's own frame, in no particular order."""
    stack: list[ast.AST] = (
        [function.body] if isinstance(function, ast.Lambda) else list(function.body)
    )
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, SCOPES):
            stack.extend(_evaluated_outside(node))
        else:
            stack.extend(children(node))


def own_returns(function: Function) -> Iterator[ast.Return]:
    """The `return`s of the function itself, in no particular order; expressions hold none."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, SCOPES):
            for name in _STATEMENT_LISTS:
                stack.extend(getattr(node, name, ()))


def _evaluated_outside(scope: ast.AST) -> Iterator[ast.AST]:
    """Decorators, defaults and bases of an inner scope, which run in the frame around it."""
    yield from getattr(scope, "decorator_list", [])
    arguments = getattr(scope, "args", None)
    if isinstance(arguments, ast.arguments):
        yield from arguments.defaults
        yield from (default for default in arguments.kw_defaults if default is not None)
    yield from getattr(scope, "bases", [])
    yield from getattr(scope, "keywords", [])


def read_signature(
    function: Function | ast.Lambda, source: Source, docstring: str | None = None
) -> Signature:
    """Parameters as written, `self` included."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    defaults.extend(arguments.defaults)
    found: list[Parameter] = []

    def add(argument: ast.arg, kind: ParameterKind, default: ast.expr | None) -> None:
        span = source.span(argument)
        found.append(
            Parameter(
                name=argument.arg,
                kind=kind,
                annotation=source.segment(argument.annotation) if argument.annotation else None,
                default=source.segment(default) if default is not None else None,
                span=span._replace(end=min(span.end, span.start + len(argument.arg))),
                docstring=docstring,
            )
        )

    only = len(arguments.posonlyargs)
    for index, (argument, default) in enumerate(zip(positional, defaults, strict=True)):
        add(argument, "positional_only" if index < only else "positional_or_keyword", default)
    if arguments.vararg:
        add(arguments.vararg, "var_positional", None)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        add(argument, "keyword_only", default)
    if arguments.kwarg:
        add(arguments.kwarg, "var_keyword", None)
    returns = getattr(function, "returns", None)
    return Signature(tuple(found), source.segment(returns) if returns is not None else None)


def is_generator(function: Function | ast.Lambda) -> bool:
    """A `yield` of its own, not one of an inner function or comprehension."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function))


def dotted_calls(function: Function, source: Source) -> tuple[CallSite, ...]:
    """Calls of dotted names in the function's own body, in source order."""
    found = []
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and (name := dotted(node.func)) is not None:
            found.append(CallSite(name, source.span(node)))
    return tuple(sorted(found, key=lambda call: call.span))


def bare_next_calls(function: Function, source: Source) -> tuple[CallSite, ...]:
    """`next(x)` where an empty iterator would raise StopIteration out of the function."""
    found: list[CallSite] = []
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (*SCOPES, ast.GeneratorExp, ast.Try, ast.With)):
            continue
        match node:
            case ast.Call(func=ast.Name(id="next"), args=[argument], keywords=[]):
                if not isinstance(argument, ast.Starred):
                    found.append(CallSite("next", source.span(node)))
        stack.extend(children(node))
    return tuple(sorted(found, key=lambda call: call.span))


def dotted(node: ast.AST) -> str | None:
    """`a.b.c` of a chain of plain names; None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))
