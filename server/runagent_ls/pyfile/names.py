"""All names of a source text: where each stands and which scope it belongs to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from runagent_ls.pyfile.functions import dotted
from runagent_ls.pyfile.quiet import quiet_parser
from runagent_ls.pyfile.scopes import (
    AttributeUse,
    ImportUse,
    Names,
    NameUse,
    Scope,
    StringUse,
)
from runagent_ls.pyfile.source import Source
from runagent_ls.pyfile.walking import children
from runagent_ls.text.position import Span

_PLAIN: Final = (ast.Constant, ast.JoinedStr, ast.List, ast.Dict, ast.Set, ast.Tuple)
_WORD: Final = re.compile(r"[^\W\d]\w*")


@lru_cache(maxsize=8)
def read_names(text: str) -> Names | None:
    """All names of a text; None when it does not parse. Not to be changed: newest ones are kept."""
    start = 1 if text.startswith("\ufeff") else 0
    try:
        with quiet_parser():
            tree = ast.parse(text[start:])
            reader = _Reader(Source(text[start:], start))
            reader.visit_all(tree.body, reader.names.module)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return reader.names


class _Reader:
    def __init__(self, source: Source) -> None:
        self.names = Names(Scope("module", None))
        self._source = source
        self._seen: set[Span] = set()

    # --- notes ----------------------------------------------------------------------------

    def _at(self, node: ast.AST, name: str, start: int, end: int) -> Span | None:
        """The span, if the name stands there; a place that is not found is remembered."""
        span = Span(start + self._source.base, end + self._source.base)
        # Before Python 3.12 names in f-strings may be given places of other names.
        if self._source.text[start:end] == name and span not in self._seen:
            self._seen.add(span)
            return span
        self.names.unplaced.setdefault(name, self._source.span(node).start)
        return None

    def _search(self, node: ast.AST, name: str, pattern: str, start: int, end: int) -> Span | None:
        match = re.compile(pattern).search(self._source.text, start, end)
        begin = match.end() if match is not None else start
        return self._at(node, name, begin, begin + len(name))

    def _use(
        self, name: str, span: Span | None, scope: Scope, *, binds: bool = False, **kind: bool
    ) -> None:
        if binds:
            scope.bound.add(name)
        if span is not None:
            self.names.uses.append(NameUse(name, span, scope, binds=binds, **kind))

    def _bind_at_start(self, node: ast.AST, name: str, scope: Scope) -> None:
        start, _ = self._source.local(node)
        self._use(name, self._at(node, name, start, start + len(name)), scope, binds=True)

    # --- the tree -------------------------------------------------------------------------

    def visit_all(self, nodes: Iterable[ast.AST | None], scope: Scope) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node, scope)

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.Name():
                start, end = self._source.local(node)
                binds = not isinstance(node.ctx, ast.Load)
                self._use(node.id, self._at(node, node.id, start, end), scope, binds=binds)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, scope)
            case ast.ClassDef():
                self._class(node, scope)
            case ast.Lambda():
                self._arguments(node.args, scope, scope, Scope("function", scope), [node.body])
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, scope)
            case ast.NamedExpr():
                self._visit(node.value, scope)
                owner = scope
                while owner.kind == "comprehension" and owner.parent is not None:
                    owner = owner.parent
                self._visit(node.target, owner)
            case ast.Global() | ast.Nonlocal():
                self._declaration(node, scope)
            case ast.Import() | ast.ImportFrom():
                self._import(node, scope)
            case _:
                self._other(node, scope)

    def _other(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.Attribute():
                span = self._source.name_span(node)
                placed = self._placed(node, node.attr, span)
                if placed is not None:
                    self.names.attributes.append(_attribute(node, placed, scope))
            case ast.Constant(value=str()):
                self._string(node, scope)
            case ast.Call():
                self._call(node, scope)
                return
            case ast.Assign() | ast.AugAssign() | ast.AnnAssign():
                self._assignment(node, scope)
                return
            case ast.ExceptHandler(name=str(name)):
                start = (
                    self._source.local(node.type)[1] if node.type else self._source.local(node)[0]
                )
                end = self._source.local(node.body[0])[0]
                place = self._search(node, name, r"\bas(?:\s|\\\r?\n)+", start, end)
                self._use(name, place, scope, binds=True)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                end = self._source.local(node)[1]
                place = self._at(node, name, end - len(name), end)
                self._use(name, place, scope, binds=True)
            case ast.MatchMapping(rest=str(rest)):
                start, end = self._source.local(node)
                last = max((self._source.local(it)[1] for it in node.patterns), default=start)
                place = self._search(node, rest, r"\*\*\s*", last, end)
                self._use(rest, place, scope, binds=True)
            case _:
                self._type_alias(node, scope)
                return
        self.visit_all(children(node), scope)

    def _placed(self, node: ast.AST, name: str, span: Span) -> Span | None:
        base = self._source.base
        return self._at(node, name, span.start - base, span.end - base)

    # --- scopes ---------------------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        self.visit_all(node.decorator_list, scope)
        placed = self._placed(node, node.name, self._source.name_span(node))
        self._use(node.name, placed, scope, binds=True)
        around = self._type_parameters(node, scope)
        self.visit_all([node.returns], around)
        inner = Scope("function", around)
        static = any(dotted(it) == "staticmethod" for it in node.decorator_list)
        if scope.kind == "class" and not static:
            inner.first = next((it.arg for it in [*node.args.posonlyargs, *node.args.args]), None)
        self._arguments(node.args, scope, around, inner, node.body)

    def _arguments(
        self,
        arguments: ast.arguments,
        outer: Scope,
        annotations: Scope,
        inner: Scope,
        body: Iterable[ast.AST],
    ) -> None:
        self.visit_all([*arguments.defaults, *arguments.kw_defaults], outer)
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for it in (*named, arguments.vararg, arguments.kwarg):
            if it is not None:
                self._bind_at_start(it, it.arg, inner)
                self.visit_all([it.annotation], annotations)
        self.visit_all(body, inner)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        self.visit_all(node.decorator_list, scope)
        placed = self._placed(node, node.name, self._source.name_span(node))
        self._use(node.name, placed, scope, binds=True)
        around = self._type_parameters(node, scope)
        bases = ((dotted(it), self._source.span(it)) for it in node.bases)
        self.names.bases += [(text, span) for text, span in bases if text is not None]
        self.visit_all([*node.bases, *node.keywords], around)
        self.visit_all(node.body, Scope("class", around))

    def _type_parameters(self, node: ast.AST, scope: Scope) -> Scope:
        parameters: list[ast.AST] = getattr(node, "type_params", None) or []
        if not parameters:
            return scope
        around = Scope("annotation", scope)
        for it in parameters:
            name = getattr(it, "name", "")
            start, end = self._source.local(it)
            self._use(name, self._search(it, name, r"\**\s*", start, end), around, binds=True)
            self.visit_all(children(it), around)
        return around

    def _type_alias(self, node: ast.AST, scope: Scope) -> None:
        """`type Name[T] = value`, which this Python may not know yet; everything else."""
        if type(node).__name__ != "TypeAlias":
            self.visit_all(children(node), scope)
            return
        self.visit_all([getattr(node, "name", None)], scope)
        inner = Scope("annotation", self._type_parameters(node, scope))
        self.visit_all([getattr(node, "value", None)], inner)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: Scope
    ) -> None:
        inner = Scope("comprehension", scope)
        self._visit(node.generators[0].iter, scope)
        for number, generator in enumerate(node.generators):
            self._visit(generator.target, inner)
            self.visit_all([*([generator.iter] if number else []), *generator.ifs], inner)
        values = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self.visit_all(values, inner)

    def _declaration(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        target = scope.globals if isinstance(node, ast.Global) else scope.nonlocals
        target.update(node.names)
        start, end = self._source.local(node)
        words = list(_WORD.finditer(self._source.text, start, end))[1:]
        for name, word in zip(node.names, words, strict=False):
            placed = self._at(node, name, *word.span())
            self._use(name, placed, scope, declares=True)

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        is_from = isinstance(node, ast.ImportFrom)
        module = (
            f"{'.' * node.level}{node.module or ''}" if isinstance(node, ast.ImportFrom) else ""
        )
        for alias in node.names:
            if alias.name == "*":
                here = self._source.span(node)
                self.names.imports.append(ImportUse(module, "*", "*", here, scope, renamed=False))
                continue
            bare = ast.copy_location(ast.alias(alias.name), alias)
            name_span = self._source.name_span(bare)
            bound = alias.asname or (alias.name if is_from else alias.name.partition(".")[0])
            found = ImportUse(
                module if is_from else alias.name,
                alias.name if is_from else None,
                bound,
                name_span,
                scope,
                renamed=alias.asname is not None,
            )
            self.names.imports.append(found)
            placed = self._placed(node, bound, self._source.name_span(alias))
            self._use(bound, placed, scope, binds=True, imported=True)
            if found.renamed:
                self._placed(node, alias.name.rpartition(".")[2], name_span)

    # --- strings --------------------------------------------------------------------------

    def _string(
        self, node: ast.Constant, scope: Scope, *, in_all: bool = False, owner: str | None = None
    ) -> None:
        start, end = self._source.local(node)
        written = self._source.text[start:end]
        begin = len(written) - len(written.lstrip("rRuU")) + 1
        plain = written[begin - 1 : begin] in ("'", '"') and written[begin:-1] == node.value
        base = self._source.base
        span = Span(start + begin + base, end - 1 + base) if plain else None
        value = str(node.value)
        self.names.strings.append(StringUse(value, span, scope, in_all, owner))

    def _call(self, node: ast.Call, scope: Scope) -> None:
        """Like any node, but for names in `getattr(x, "name")` and `__all__.append("name")`."""
        rest = list(children(node))
        callee = dotted(node.func) or ""
        if callee in {"getattr", "hasattr", "setattr", "delattr"} and len(node.args) > 1:
            named = node.args[1]
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                self._string(named, scope, owner=dotted(node.args[0]))
                rest.remove(named)
        if callee in {"__all__.append", "__all__.extend", "__all__.remove"} and node.args:
            self._in_all(node.args[0], scope)
            rest.remove(node.args[0])
        self.visit_all(rest, scope)

    def _assignment(self, node: ast.Assign | ast.AugAssign | ast.AnnAssign, scope: Scope) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        is_all = any(isinstance(it, ast.Name) and it.id == "__all__" for it in targets)
        rest = [it for it in children(node) if it is not node.value]
        if isinstance(node, ast.AnnAssign) and not node.simple and node.value is None:
            node.target.ctx = ast.Load()  # `(name): int` binds nothing
        if is_all and scope.kind == "module" and node.value is not None:
            self._in_all(node.value, scope)
        else:
            rest += [node.value] if node.value is not None else []
        self.visit_all(rest, scope)

    def _in_all(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._string(node, scope, in_all=True)
        elif isinstance(node, (ast.List, ast.Tuple, ast.BinOp)):
            for it in children(node):
                self._in_all(it, scope)
        else:
            self._visit(node, scope)


def _attribute(node: ast.Attribute, span: Span, scope: Scope) -> AttributeUse:
    base = node.value
    callee = dotted(base.func) if isinstance(base, ast.Call) else None
    plain = isinstance(base, _PLAIN)
    return AttributeUse(node.attr, span, dotted(base), scope, callee, plain)
