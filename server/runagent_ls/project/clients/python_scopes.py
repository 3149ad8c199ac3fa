"""What names mean `runagent.RunAgentClient` where, by Python's rules of scope."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from runagent_ls.project.clients.languages import CLIENT
from runagent_ls.project.clients.python_literals import assigned
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.functions import dotted
from runagent_ls.pyfile.walking import children

_PACKAGE: Final = "runagent"
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class Scope:
    """The names that a module, function or class binds itself, and the scope around it."""

    def __init__(self, around: Scope | None, visible_inside: bool = True) -> None:
        self._around = around
        self._visible_inside = visible_inside
        self.clients: set[str] = set()
        """Names of the class itself."""
        self.modules: set[str] = set()
        """Names of a module that has the class as `RunAgentClient`."""
        self._bound: dict[str, int] = {}
        self._constants: dict[str, ast.expr] = {}
        self._shared: set[str] = set()
        """Names that `global` or `nonlocal` make another scope's."""

    # --- questions ------------------------------------------------------------------------

    def is_client(self, node: ast.expr) -> bool:
        """Whether an expression is the class."""
        if isinstance(node, ast.Name):
            owner = self._owner(node.id)
            return owner is not None and node.id in owner.clients
        return (
            isinstance(node, ast.Attribute) and node.attr == CLIENT and self._is_module(node.value)
        )

    def _is_module(self, node: ast.expr) -> bool:
        name = dotted(node)
        if name is None:
            return False
        owner = self._owner(name.partition(".")[0])
        return owner is not None and name in owner.modules

    def constant(self, name: str) -> ast.expr | None:
        """The one value a local name is ever given; of a module's own names nothing is said."""
        owner = self._owner(name)
        if owner is None or owner._around is None or owner._bound.get(name) != 1:
            return None
        return owner._constants.get(name)

    def is_global(self, name: str) -> bool:
        """Whether a name is the module's."""
        owner = self._owner(name)
        return owner is None or owner._around is None

    def _owner(self, name: str) -> Scope | None:
        scope: Scope | None = self
        while scope is not None:
            seen = scope is self or scope._visible_inside
            if seen and name in scope._bound and name not in scope._shared:
                return scope
            scope = scope._around
        return None

    # --- reading --------------------------------------------------------------------------

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Scope:
        """The scope of a function's body."""
        inner = Scope(self)
        arguments = node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            inner._bind(argument.arg)
        for rest in (arguments.vararg, arguments.kwarg):
            if rest is not None:
                inner._bind(rest.arg)
        inner.read(node.body if isinstance(node.body, list) else [node.body])
        return inner

    def class_body(self, node: ast.ClassDef) -> Scope:
        """The scope of a class body, which its methods do not see."""
        inner = Scope(self, visible_inside=False)
        inner.read(node.body)
        return inner

    def read(self, body: Iterable[ast.AST]) -> None:
        """Take over what these statements bind."""
        aliases: list[tuple[str, ast.expr]] = []
        for node in _own_nodes(body):
            self._read_node(node)
            if (found := assigned(node)) is not None:
                self._constants[found[0]] = found[1]
                aliases.append(found)
        for name, value in aliases:
            if self.is_client(value):
                self.clients.add(name)

    def _read_node(self, node: ast.AST) -> None:
        match node:
            case ast.ImportFrom():
                self._import_from(node)
            case ast.Import():
                for alias in node.names:
                    self._bind(alias.asname or alias.name.partition(".")[0])
                    if alias.name.partition(".")[0] == _PACKAGE:
                        self.modules.add(alias.asname or alias.name)
                        if alias.asname is None:
                            self.modules.add(_PACKAGE)
            case ast.Name(ctx=ast.Store() | ast.Del()):
                self._bind(node.id)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._bind(node.name)
                for name in _nonlocal_names(node):
                    self._bind(name, 2)
            case ast.Global() | ast.Nonlocal():
                self._shared.update(node.names)
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
                if node.name is not None:
                    self._bind(node.name, 2)
            case ast.MatchMapping():
                if node.rest is not None:
                    self._bind(node.rest, 2)

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        ours = node.level == 0 and module.partition(".")[0] == _PACKAGE
        for alias in node.names:
            name = alias.asname or alias.name
            if alias.name == "*":
                if ours:
                    self._bind(CLIENT)
                    self.clients.add(CLIENT)
                continue
            self._bind(name)
            if ours and alias.name == CLIENT:
                self.clients.add(name)
            elif ours and alias.name == "client":
                self.modules.add(name)

    def _bind(self, name: str, times: int = 1) -> None:
        self._bound[name] = self._bound.get(name, 0) + times


class ModuleScope(Scope):
    """The scope of a whole file, of which only the blocks that matter are read."""

    def __init__(self, source: PyFile) -> None:
        super().__init__(None)
        pieces = source.layout.pieces if source.layout is not None else ()
        blocks = [it.block for it in pieces if it.block is not None and not it.block.opaque]
        # Also what a broken file had before: an import that is just being edited.
        blocks += [block for it in pieces for block in it.lost if not block.opaque]
        for block in blocks:
            if _PACKAGE in block.text or any(name in block.text for name in self.clients):
                self.read(ast.parse(block.text).body)
        self._words = re.compile(
            rf"\b(?:{'|'.join(map(re.escape, {CLIENT, *self.clients, _PACKAGE}))})\b"
        )

    def may_call(self, text: str) -> bool:
        """False for a text without a name that matters."""
        return self._words.search(text) is not None


def _own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of one scope: functions and classes in it, but not what is inside them."""
    waiting = list(body)
    waiting.reverse()
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _INNER):
            waiting.extend(reversed(children(node)))


def _nonlocal_names(node: ast.AST) -> Iterator[str]:
    """Names that something inside a function binds outside it."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Nonlocal):
            yield from inner.names
