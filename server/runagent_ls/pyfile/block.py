"""A piece of a file that parses on its own, and what it binds. The unit of caching."""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, cached_property
from typing import Final, NamedTuple, TypeVar, cast

from runagent_ls.pyfile.exits import MENTIONS_EXIT, ExitFacts, read_exits
from runagent_ls.pyfile.flow import Effect, Flow, flow_of
from runagent_ls.pyfile.model import Symbol
from runagent_ls.pyfile.source import Source
from runagent_ls.pyfile.symbols import build
from runagent_ls.pyfile.usage import Usage, read_usage
from runagent_ls.pyfile.walking import children, walk
from runagent_ls.text.position import Span

_HIDDEN_NAMES = re.compile(
    r"\b(?:exec|eval|globals|vars|locals|__dict__|__getattr__|modules|_getframe|currentframe|"
    r"f_globals|f_locals|reload|__builtins__)\b"
)
# Cheap signs in the text, so that most blocks need no walk through their tree.
_STAR_IMPORT = re.compile(r"import[\s\\]*\*")
_FROM = re.compile(r"\bfrom\b")
_RELATIVE_IMPORT = re.compile(r"\bfrom[\s\\]*\.")
_KEPT_TREES: Final = 32
_KEPT_LENGTH: Final = 2_000
"""Characters of text: the tree takes a hundred times the memory."""
_Value = TypeVar("_Value")


class NameUse(NamedTuple):
    """What a block does to a name, without the details."""

    strong: bool
    binds: bool
    """Some binding is left at the end."""
    mentions: bool
    """There was one, even if it is gone again."""


class Block:
    """Some whole top-level statements. Places inside are relative to the block's start.

    Only the bound names are kept for long; symbols are made when asked for. While the block is
    among those parsed last, they are made of its syntax tree, later of the text parsed again.
    """

    def __init__(self, text: str, tree: ast.Module | None) -> None:
        """`tree` is the parsed text; None for a text too deep to be looked at."""
        self.text = text
        self.opaque = tree is None
        flow = flow_of(tree.body) if tree is not None else Flow()
        self._effects: Mapping[str, Effect] | None = None
        self._bindings: Mapping[str, Bindings] | None = None
        self._origin = 0
        _keep_tree(self, flow)
        self.uses = {
            name: NameUse(
                effect.strong, bool(effect.candidates), bool(flow.history[name].candidates)
            )
            for name, effect in flow.effects.items()
        }
        self.rebound = frozenset(flow.rebound)
        self.guarded = frozenset(name for name in flow.guarded if "." not in name)
        self.late = _global_names(tree, text) if tree is not None and "global" in text else {}
        self.stars = _star_imports(tree) if tree is not None and _STAR_IMPORT.search(text) else ()
        hidden = tree is None or (bool(_HIDDEN_NAMES.search(text)) and _makes_names(tree))
        self.generates_names = hidden or "__getattr__" in self.uses
        self.relative_imports: tuple[Span, ...] = ()
        if tree is not None and _RELATIVE_IMPORT.search(text):
            self.relative_imports = _relative_imports(tree, text)

    def bindings(self, name: str, start: int) -> Bindings:
        """What the block does to a name it binds, with places in a file where it is at `start`."""
        if self._bindings is None:
            # Most blocks are never asked for another place than their first.
            self._origin = start
            self._bindings = self._read(start)
        found = self._bindings[name]
        if start == self._origin:
            return found
        return found._replace(symbols=shifted(found.symbols, start - self._origin))

    def _read(self, start: int) -> Mapping[str, Bindings]:
        effects = self._effects
        if effects is None:
            effects = flow_of(ast.parse(self.text).body).effects
        self._effects = None
        source = Source(self.text, start)
        return {
            name: Bindings(
                effect.strong,
                tuple(build(candidate, source) for candidate in effect.candidates),
                effect.unbinds,
            )
            for name, effect in effects.items()
        }

    def keep(self, effects: Mapping[str, Effect] | None) -> None:
        """Remember what the syntax tree says for a first question, or forget it."""
        self._effects = effects

    def rest(self) -> None:
        """Forget the symbols that were made; they are made again when asked for."""
        self._bindings = None
        for name in ("usage", "imported_names", "exits"):
            self.__dict__.pop(name, None)

    @cached_property
    def usage(self) -> Usage:
        """Attributes that are set anywhere in the block, and names that are handed on."""
        return read_usage(ast.parse(self.text))

    @cached_property
    def imported_names(self) -> tuple[ImportedName, ...]:
        """Names of `from x import y` that stand alone, under no condition and in no function."""
        if _FROM.search(self.text) is None:
            return ()
        source = Source(self.text)
        return tuple(
            ImportedName(
                f"{'.' * statement.level}{statement.module or ''}",
                alias.name,
                source.name_span(ast.copy_location(ast.alias(alias.name), alias)),
            )
            for statement in ast.parse(self.text).body
            if isinstance(statement, ast.ImportFrom)
            for alias in statement.names
            if alias.name != "*"
        )

    @cached_property
    def mentions_exit(self) -> bool:
        """Whether a statement of the block may end the process at all."""
        return MENTIONS_EXIT.search(self.text) is not None

    @cached_property
    def exits(self) -> ExitFacts:
        """What the block adds to the question whether its file ends the process."""
        return read_exits(self.text)


class ImportedName(NamedTuple):
    """One name of an unconditional `from module import name`; leading dots as written."""

    module: str
    name: str
    span: Span


class Bindings(NamedTuple):
    """What a block does to a name: see `flow.Effect`."""

    strong: bool
    symbols: tuple[Symbol, ...]
    unbinds: bool


_with_tree: deque[Block] = deque()
"""The blocks parsed last, of whatever file."""


def _keep_tree(block: Block, flow: Flow) -> None:
    if flow.effects and len(block.text) <= _KEPT_LENGTH:
        block.keep(flow.effects)
        _with_tree.append(block)
        if len(_with_tree) > _KEPT_TREES:
            _with_tree.popleft().keep(None)


def _makes_names(tree: ast.Module) -> bool:
    """Whether names may be bound by other means than statements."""
    outside = {id(node) for node in _outside_functions(tree)}
    for node in walk(tree):
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        if isinstance(node, ast.alias):
            name = node.name.rpartition(".")[2]
        hidden = isinstance(name, str) and _HIDDEN_NAMES.fullmatch(name)
        # `eval` in a function binds nothing in the module; at module level `:=` would.
        if hidden and (name != "eval" or id(node) in outside):
            return True
    return False


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    stack: list[ast.AST] = list(tree.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            stack.extend(children(node))


def _global_names(tree: ast.Module, text: str) -> Mapping[str, Span]:
    """Names that functions or classes may bind in the module, at the `global` that says so."""
    found: dict[str, Span] = {}
    source = Source(text)
    for node in walk(tree):
        if isinstance(node, ast.Global):
            for name in node.names:
                found.setdefault(name, source.span(node))
    return found


def _star_imports(tree: ast.Module) -> tuple[str, ...]:
    return tuple(
        f"{'.' * node.level}{node.module or ''}:*"
        for node in walk(tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    )


def _relative_imports(tree: ast.Module, text: str) -> tuple[Span, ...]:
    nodes = [n for n in walk(tree) if isinstance(n, ast.ImportFrom) and n.level > 0]
    if not nodes:
        return ()
    source = Source(text)
    return tuple(sorted(source.span(node) for node in nodes))


def shifted(value: _Value, offset: int) -> _Value:
    """A model value with every span in it moved by `offset` code points."""
    if offset == 0:
        return value
    return cast("_Value", _shift(value, offset))


def _shift(value: object, offset: int) -> object:
    if isinstance(value, Span):
        return Span(value.start + offset, value.end + offset)
    if isinstance(value, tuple):
        return tuple([_shift(item, offset) for item in value]) if value else value
    if isinstance(value, Mapping):
        return {key: _shift(item, offset) for key, item in value.items()} if value else value
    kind: type = type(value)
    names = _fields(kind)
    return kind(*[_shift(getattr(value, name), offset) for name in names]) if names else value


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """Names of the fields of a model class, in the order of its parameters; of others none."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
