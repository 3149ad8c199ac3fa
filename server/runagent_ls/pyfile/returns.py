"""What kinds of value a function can return, as far as its text decides it."""

from __future__ import annotations

import ast

from runagent_ls.pyfile.functions import SCOPES, Function, own_returns
from runagent_ls.pyfile.model import ReturnKind
from runagent_ls.pyfile.walking import walk


def can_fall_through(body: list[ast.stmt]) -> bool:
    """Whether control may reach the end of the statements; true when in doubt."""
    if not body:
        return True
    last = body[-1]
    match last:
        case ast.Return() | ast.Raise():
            return False
        case ast.If():
            if not last.orelse:
                return True
            return can_fall_through(last.body) or can_fall_through(last.orelse)
        case ast.Try():
            if last.finalbody and not can_fall_through(last.finalbody):
                return False
            handlers = any(can_fall_through(handler.body) for handler in last.handlers)
            return handlers or can_fall_through(last.orelse or last.body)
        case _:
            return True


def return_kinds(function: Function | ast.Lambda) -> tuple[ReturnKind, ...]:
    """Every kind of value a call can give back, `unknown` among them when in doubt.

    Empty when it never returns. Only for functions that are no generators.
    """
    if isinstance(function, ast.Lambda):
        return (kind_of(function.body, {}),)
    returned = [node.value for node in own_returns(function)]
    # Names matter only where the value is not plain already.
    unclear = any(kind_of(value, {}) == "unknown" for value in returned)
    locals_ = _local_kinds(function) if unclear else {}
    kinds: dict[ReturnKind, None] = {kind_of(value, locals_): None for value in returned}
    if can_fall_through(function.body):
        kinds["none"] = None
    return tuple(sorted(kinds))


def kind_of(value: ast.expr | None, names: dict[str, ReturnKind]) -> ReturnKind:
    """Kind of an expression, given the kinds of local names; built-in names may be shadowed."""
    match value:
        case None:
            return "none"
        case ast.Constant(value=constant):
            return _constant_kind(constant)
        case ast.JoinedStr():
            return "str"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.List() | ast.ListComp() | ast.Tuple() | ast.Set() | ast.SetComp():
            return "iterable"
        case ast.GeneratorExp():
            return "generator"
        case ast.Compare(ops=[ast.Is() | ast.IsNot()]) | ast.UnaryOp(op=ast.Not()):
            return "number"
        case ast.Name(id=name):
            return names.get(name, "unknown")
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            kind = kind_of(left, names)
            same = kind == kind_of(right, names) and kind in {"str", "bytes", "number"}
            return kind if same else "unknown"
        case ast.IfExp(body=body, orelse=orelse):
            kind = kind_of(body, names)
            return kind if kind == kind_of(orelse, names) else "unknown"
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr=method)):
            return "str" if method in {"format", "join", "strip", "replace"} else "unknown"
        case _:
            return "unknown"


def _constant_kind(constant: object) -> ReturnKind:
    if constant is None:
        return "none"
    if isinstance(constant, str):
        return "str"
    if isinstance(constant, bytes):
        return "bytes"
    return "number" if isinstance(constant, (int, float, complex)) else "unknown"


def _local_kinds(function: Function) -> dict[str, ReturnKind]:
    """Kinds of names that plain assignments alone bind, all of the same kind."""
    assigned: dict[str, list[ast.expr]] = {}
    other: set[str] = {
        argument.arg for argument in walk(function.args) if isinstance(argument, ast.arg)
    }
    simple: set[int] = set()
    nodes = walk(function)
    for node in nodes:
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            other.update(node.names)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    simple.add(id(target))
                    assigned.setdefault(target.id, []).append(node.value)
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            if id(node) not in simple:
                other.add(node.id)
        elif isinstance(node, (*SCOPES, ast.ExceptHandler, ast.alias)):
            other.add(getattr(node, "name", None) or "")
            other.add(getattr(node, "asname", None) or "")
    kinds: dict[str, ReturnKind] = {}
    for name, values in assigned.items():
        found = {kind_of(value, {}) for value in values}
        if name not in other and len(found) == 1:
            kinds[name] = found.pop()
    return kinds
