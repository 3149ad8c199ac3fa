"""String literals of Python, and the module's constants that stand for one."""

from __future__ import annotations

import ast
import re
from typing import Final

from runagent_ls.project.clients.model import Argument
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.source import Source
from runagent_ls.text.position import Span

_TOKEN: Final = re.compile(
    r"""[A-Za-z]{0,2}(?:
        (?P<triple>\"\"\"|''')(?P<long>(?:[^\\]|\\.)*?)(?P=triple)
      | (?P<quote>["'])(?P<short>(?:[^\\\r\n]|\\(?:\r\n|.))*?)(?P=quote)
    )""",
    re.VERBOSE | re.DOTALL,
)


def literal(node: ast.expr, place: Source) -> Argument | None:
    """The string that an expression is, if it is nothing but one. `f"x"` is `"x"`."""
    value = _value(node)
    if value is None:
        return None
    start, end = place.local(node)
    first = _TOKEN.match(place.text, start, end)
    if first is None:
        return None
    if first.end() == end:
        inside = Span(*first.span("long" if first["triple"] else "short"))
        plain = place.text[inside.start : inside.end] == value
    else:  # several pieces beside one another
        inside = Span(first.start("long" if first["triple"] else "short"), end - 1)
        plain = False
    return Argument(value, Span(inside.start + place.base, inside.end + place.base), plain)


def _value(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [it.value for it in node.values if isinstance(it, ast.Constant)]
        if len(parts) == len(node.values):
            return "".join(str(part) for part in parts)
    return None


def assigned(statement: ast.AST) -> tuple[str, ast.expr] | None:
    """Name and value of a statement that gives one value to one name."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target, value = statement.target, statement.value
    else:
        return None
    return (target.id, value) if isinstance(target, ast.Name) else None


class Literals:
    """The string constants of one module, found when asked for."""

    def __init__(self, source: PyFile) -> None:
        self._source = source
        self._known: dict[str, Argument | None] = {}

    def constant(self, name: str) -> Argument | None:
        """What a name at module level always is: bound once, to a string. None: not certain."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> Argument | None:
        symbol = self._source.symbols.get(name)
        if (
            symbol is None
            or symbol.kind != "literal"
            or symbol.value_type not in ("str", None)
            or not symbol.certain
            or symbol.rebound
            or symbol.conditional
            or self._source.layout is None
        ):
            return None
        for piece in self._source.layout.pieces:
            block = piece.block
            if block is None or not piece.start <= symbol.span.start < piece.start + piece.length:
                continue
            for statement in ast.parse(block.text).body:
                found = assigned(statement)
                if found is not None and found[0] == name:
                    return literal(found[1], Source(block.text, piece.start))
        return None
