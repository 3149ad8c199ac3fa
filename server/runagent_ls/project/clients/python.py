"""`RunAgentClient(...)` in Python: which calls there are, and which agent and tag they name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.clients.languages import CLIENT
from runagent_ls.project.clients.model import Argument, ClientCall
from runagent_ls.project.clients.python_literals import Literals, literal
from runagent_ls.project.clients.python_recovery import recovered
from runagent_ls.project.clients.python_scopes import ModuleScope, Scope
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.quiet import quiet_parser
from runagent_ls.pyfile.source import Source
from runagent_ls.pyfile.walking import children

_PARAMETERS: Final = ("agent_id", "entrypoint_tag")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def python_calls(file: FilePath, source: PyFile) -> tuple[ClientCall, ...]:
    """All calls in a file, in its order. Where the text is broken, those that still stand whole.

    Only names that the file imports from the package `runagent` are meant. Never raises.
    """
    if CLIENT not in source.text or source.layout is None:
        return ()
    with quiet_parser():
        module = ModuleScope(source)
        literals = Literals(source)
        found: list[ClientCall] = []
        for piece in source.layout.pieces:
            text = source.text[piece.start : piece.start + piece.length]
            if not module.may_call(text):
                continue
            place = Source(text, piece.start)
            if piece.block is None:
                nodes = recovered(text, piece.start, module)
                found += [_call(file, call, where, None) for call, where in nodes]
            elif not piece.block.opaque:
                calls = _calls_below(ast.parse(text).body, module)
                found += [_call(file, call, place, (scope, literals)) for call, scope in calls]
    return tuple(found)


def _calls_below(nodes: Sequence[ast.AST], module: Scope) -> Iterator[tuple[ast.Call, Scope]]:
    """Calls of the client with the scope each stands in; no recursion, any depth."""
    waiting = [(node, module) for node in reversed(nodes)]
    while waiting:
        node, scope = waiting.pop()
        if isinstance(node, ast.Call) and scope.is_client(node.func):
            yield node, scope
        if isinstance(node, _FUNCTIONS):
            inner = scope.function(node)
            body: list[ast.AST] = list(node.body) if isinstance(node.body, list) else [node.body]
            # Defaults, decorators and annotations are outside the function.
            outside = [child for child in children(node) if child not in body]
            waiting += [(child, inner) for child in reversed(body)]
            waiting += [(child, scope) for child in reversed(outside)]
        elif isinstance(node, ast.ClassDef):
            inner = scope.class_body(node)
            waiting += [(child, inner) for child in reversed(children(node))]
        else:
            waiting += [(child, scope) for child in reversed(children(node))]


def _call(
    file: FilePath, call: ast.Call, place: Source, names: tuple[Scope, Literals] | None
) -> ClientCall:
    """`names`: where to look for constants; None where nothing is certain but literals."""
    given = {name: _given(call, index, name) for index, name in enumerate(_PARAMETERS)}
    hidden = any(isinstance(it, ast.Starred) for it in call.args)
    hidden = hidden or any(it.arg is None for it in call.keywords)
    agent_id, tag = (_argument(given[name], place, names) for name in _PARAMETERS)
    return ClientCall(
        file=file,
        language="python",
        span=place.span(call),
        tag=tag,
        agent_id=agent_id,
        agent_id_given=hidden or given["agent_id"] is not None,
    )


def _given(call: ast.Call, index: int, name: str) -> ast.expr | None:
    before = call.args[: index + 1]
    if len(before) > index and not any(isinstance(it, ast.Starred) for it in before):
        return call.args[index]
    return next((it.value for it in call.keywords if it.arg == name), None)


def _argument(
    node: ast.expr | None, place: Source, names: tuple[Scope, Literals] | None
) -> Argument | None:
    if isinstance(node, ast.Name) and names is not None:
        scope, literals = names
        known = scope.constant(node.id)
        if known is not None:
            return literal(known, place)
        return literals.constant(node.id) if scope.is_global(node.id) else None
    return literal(node, place) if node is not None else None
