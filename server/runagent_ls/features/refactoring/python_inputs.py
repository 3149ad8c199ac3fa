"""What Python code passes to the clients that it makes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from runagent_ls.features.refactoring.inputs import TYPES, Inputs
from runagent_ls.pyfile.quiet import parsed
from runagent_ls.pyfile.source import Source

_METHODS: Final = frozenset({"run", "run_stream"})


def python_inputs(text: str, starts: set[int]) -> list[Inputs]:
    """The inputs of all runs of the clients that are made at these offsets."""
    tree = parsed(text)
    if tree is None:
        return []
    place = Source(text)
    stores: dict[str, int] = {}
    made: set[ast.expr] = set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            stores[ast.unparse(node)] = stores.get(ast.unparse(node), 0) + 1
        elif isinstance(node, ast.Call) and place.span(node).start in starts:
            made.add(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value in made:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {ast.unparse(target) for target in targets}
    certain = {name for name in names if stores.get(name) == 1}
    return [
        inputs
        for call in _runs(ast.walk(tree), made, certain)
        if (inputs := _inputs(call)) is not None
    ]


def _runs(nodes: Iterable[ast.AST], made: set[ast.expr], names: set[str]) -> Iterator[ast.Call]:
    for node in nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        is_client = owner in made or (
            isinstance(owner, ast.Name | ast.Attribute) and ast.unparse(owner) in names
        )
        if is_client and node.func.attr in _METHODS:
            yield node


def _inputs(call: ast.Call) -> Inputs | None:
    """None for a call whose inputs cannot be read."""
    if any(isinstance(it, ast.Starred) for it in call.args):
        return None
    found: Inputs = {}
    for value in call.args:
        name = value.id if isinstance(value, ast.Name) else "value"
        number = 2
        while name in found:
            name, number = f"{name.rstrip('0123456789_')}_{number}", number + 1
        found[name] = _type(value)
    for keyword in call.keywords:
        if keyword.arg is None:
            return None
        found[keyword.arg] = _type(keyword.value)
    return found


def _type(value: ast.expr) -> str:
    """The built-in type of a literal; empty for everything else."""
    if isinstance(value, ast.Constant):
        name = type(value.value).__name__
        return name if name in TYPES else ""
    if isinstance(value, ast.JoinedStr):
        return "str"
    if isinstance(value, ast.List):
        return "list"
    return "dict" if isinstance(value, ast.Dict) else ""
