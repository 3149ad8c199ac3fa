"""What a function does to the function it decorates, when its shape leaves no doubt."""

from __future__ import annotations

import ast
from typing import Final

from runagent_ls.pyfile.functions import Function, dotted, is_generator, own_nodes, own_returns
from runagent_ls.pyfile.model import Wrapping
from runagent_ls.pyfile.returns import can_fall_through
from runagent_ls.pyfile.walking import walk

_READING: Final = frozenset({"get", "items", "keys", "values", "copy", "count", "index"})
_HARMLESS: Final = frozenset({"len", "list", "tuple", "dict", "sorted", "print", "repr", "str"})


def read_wrapping(function: Function) -> Wrapping | None:
    """What the function does as a decorator, when its shape leaves no doubt."""
    returned = _last_returned_name(function)
    if returned is None or isinstance(function, ast.AsyncFunctionDef):
        return None
    arguments = function.args
    only = [*arguments.posonlyargs, *arguments.args]
    extra = arguments.vararg or arguments.kwarg or arguments.kwonlyargs
    if len(only) != 1 or extra:
        return None
    decorated = only[0].arg
    if not _returns_once(function) or is_generator(function) or _rebound(function, decorated):
        return None
    if returned == decorated:
        return Wrapping(returns_argument=True)
    inner = _inner_function(function, returned)
    if inner is None or not _keeps_function(inner, decorated):
        return None
    if any(arg.arg == decorated for arg in walk(inner.args) if isinstance(arg, ast.arg)):
        return None
    return Wrapping(
        is_async=isinstance(inner, ast.AsyncFunctionDef),
        is_generator=is_generator(inner),
        forwards=_forwards(inner, decorated),
        keeps_arguments=_hands_arguments_on(inner, decorated),
    )


def read_factory_wrapping(function: Function) -> Wrapping | None:
    """The same for `@name(...)`: a function that returns a plain decorator of its own."""
    returned = _last_returned_name(function)
    if returned is None or isinstance(function, ast.AsyncFunctionDef):
        return None
    if not _returns_once(function) or is_generator(function):
        return None
    inner = _inner_function(function, returned)
    if inner is None or inner.decorator_list:
        return None
    return read_wrapping(inner)


def _last_returned_name(function: Function) -> str | None:
    """The name that the last statement returns."""
    match function.body[-1]:
        case ast.Return(value=ast.Name(id=name)):
            return name
        case _:
            return None


def _returns_once(function: Function) -> bool:
    """Whether there is one `return` in all of the function's own body."""
    return sum(1 for _ in own_returns(function)) == 1


def _inner_function(function: Function, name: str) -> Function | None:
    bound = [node for node in walk(function) if node is not function and _binds(node, name)]
    if len(bound) != 1 or bound[0] not in function.body:
        return None
    inner = bound[0]
    return inner if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name and not isinstance(node.ctx, ast.Load)
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        return name in node.names
    if isinstance(node, ast.arg):
        return node.arg == name
    if isinstance(node, ast.alias):
        return (node.asname or node.name.partition(".")[0]) == name
    return getattr(node, "name", None) == name


def _rebound(function: Function, name: str) -> bool:
    """Whether anything below but the parameter itself binds the name."""
    places = [node for node in walk(function) if node is not function and _binds(node, name)]
    return len(places) != 1


def _keeps_function(inner: Function, decorated: str) -> bool:
    """No decorator but `wraps(fn)`, which gives the inner function back."""
    for decorator in inner.decorator_list:
        if not isinstance(decorator, ast.Call) or len(decorator.args) != 1:
            return False
        argument = decorator.args[0]
        if dotted(decorator.func) not in {"wraps", "functools.wraps"}:
            return False
        if not isinstance(argument, ast.Name) or argument.id != decorated:
            return False
    return True


def _forwards(inner: Function, decorated: str) -> bool:
    """Every way to return gives `fn(...)` as it is."""
    if is_generator(inner) or can_fall_through(inner.body):
        return False
    kept = _names_of_results(inner, decorated)
    for node in own_returns(inner):
        if isinstance(node.value, ast.Name) and node.value.id in kept:
            continue
        if not _calls(node.value, decorated):
            return False
    return True


def _hands_arguments_on(inner: Function, decorated: str) -> bool:
    """`inner(*args, **kwargs)` that calls `fn(*args, **kwargs)` and nothing else of it."""
    head = inner.args
    if head.vararg is None or head.kwarg is None:
        return False
    if head.posonlyargs or head.args or head.kwonlyargs:
        return False
    if not (_stays(inner, head.vararg.arg) and _stays(inner, head.kwarg.arg)):
        return False
    calls = [node for node in own_nodes(inner) if _calls(node, decorated)]
    return bool(calls) and all(_passes(c, head.vararg.arg, head.kwarg.arg) for c in calls)


def _stays(inner: Function, name: str) -> bool:
    """Whether nothing gives `args` or `kwargs` another value, nor gets them to change them."""
    if sum(_binds(node, name) for node in walk(inner)) != 1:
        return False
    uses = sum(isinstance(node, ast.Name) and node.id == name for node in walk(inner))
    return uses == sum(_only_reads(node, name) for node in walk(inner))


def _only_reads(node: ast.AST, name: str) -> int:
    """How many mentions of a name in the parts of this node can change nothing of it."""
    match node:
        case ast.Attribute(value=value, attr=method) if method in _READING:
            read: list[ast.expr] = [value]
        case ast.Subscript(value=value, ctx=ast.Load()):
            read = [value]
        case ast.Starred(value=value, ctx=ast.Load()) | ast.FormattedValue(value=value):
            read = [value]
        case ast.keyword(arg=None, value=value):
            read = [value]
        case ast.Compare(comparators=read):
            pass
        case ast.UnaryOp(op=ast.Not(), operand=value) | ast.If(test=value):
            read = [value]
        case ast.Call(func=ast.Name(id=function), args=read) if function in _HARMLESS:
            pass
        case _:
            return 0
    return sum(isinstance(one, ast.Name) and one.id == name for one in read)


def _passes(call: ast.AST, positional: str, keywords: str) -> bool:
    match call:
        case ast.Call(
            args=[ast.Starred(value=ast.Name(id=first))],
            keywords=[ast.keyword(arg=None, value=ast.Name(id=second))],
        ):
            return first == positional and second == keywords
        case _:
            return False


def _names_of_results(inner: Function, decorated: str) -> set[str]:
    """Names that are bound once, by `name = fn(...)`."""
    kept: set[str] = set()
    for node in own_nodes(inner):
        if isinstance(node, ast.Assign) and _calls(node.value, decorated):
            target = node.targets[0]
            if len(node.targets) == 1 and isinstance(target, ast.Name):
                places = [n for n in walk(inner) if n is not inner and _binds(n, target.id)]
                if len(places) == 1:
                    kept.add(target.id)
    return kept


def _calls(value: ast.AST | None, name: str) -> bool:
    return (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == name
    )
