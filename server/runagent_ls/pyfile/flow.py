"""Which names a list of statements binds, for certain or perhaps, without running it.

Each statement is read as its effect on every name: `strong` effects replace whatever the name was
before, weak ones add a possibility. Branches are joined, sequences composed. A dotted key such as
`app.invoke` is an attribute set on a name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from runagent_ls.pyfile.walking import children


class Candidate(NamedTuple):
    """One binding: the node that names it, the statement, and the value if there is one."""

    name: str
    place: ast.AST
    statement: ast.AST
    value: ast.AST | None


@dataclass(slots=True)
class Effect:
    """What statements do to one name; `unbinds`: it may be gone afterwards."""

    strong: bool
    candidates: tuple[Candidate, ...]
    unbinds: bool = False


_UNTOUCHED = Effect(strong=False, candidates=())


@dataclass(slots=True)
class Flow:
    """Effects of a sequence of statements, and how it can end."""

    effects: dict[str, Effect] = field(default_factory=dict)
    guarded: set[str] = field(default_factory=set)
    """Names bound under `if __name__ == "__main__"`."""
    history: dict[str, Effect] = field(default_factory=dict)
    """Everything that was done to a name, also what was overwritten: the state if an exception
    stops the statements anywhere in between."""
    rebound: set[str] = field(default_factory=set)
    """Names bound more than once."""
    ends: bool = False
    """It always raises."""
    may_return: bool = False
    may_break: bool = False
    """It may be left before its end, so that what follows is not certain."""

    def bind(self, candidate: Candidate, *, strong: bool = True) -> None:
        self.apply(candidate.name, Effect(strong, (candidate,)))

    def apply(self, name: str, effect: Effect) -> None:
        """Add one effect behind those that are there."""
        self._record(name, effect)
        self._compose(name, effect)

    def _record(self, name: str, effect: Effect) -> None:
        before = self.history.get(name, _UNTOUCHED)
        if before.candidates and effect.candidates:
            self.rebound.add(name)
        self.history[name] = Effect(
            False, before.candidates + effect.candidates, before.unbinds or effect.unbinds
        )

    def _compose(self, name: str, effect: Effect) -> None:
        if effect.strong and not self.may_return and not self.may_break:
            if "." not in name:
                for key in [k for k in self.effects if k.startswith(name + ".")]:
                    del self.effects[key]
            self.effects[name] = effect
            return
        before = self.effects.get(name, _UNTOUCHED)
        self.effects[name] = Effect(
            before.strong,
            before.candidates + effect.candidates,
            before.unbinds or effect.unbinds,
        )

    def then(self, later: Flow) -> None:
        for name, effect in later.effects.items():
            self._compose(name, effect)
        for name, effect in later.history.items():
            self._record(name, effect)
        self.guarded |= later.guarded
        self.rebound |= later.rebound
        self.ends = self.ends or later.ends
        self.may_return = self.may_return or later.may_return
        self.may_break = self.may_break or later.may_break

    def weakened(self) -> Flow:
        """The same as far as it came: nothing of it is certain."""
        return Flow(
            dict(self.history),
            set(self.guarded),
            dict(self.history),
            set(self.rebound),
            may_return=self.may_return,
            may_break=self.may_break,
        )

    def repeated(self) -> Flow:
        """The same as the body of a loop: it runs any number of times, and `break` ends here."""
        flow = self.weakened()
        flow.may_break = False
        return flow


def join(branches: Sequence[Flow]) -> Flow:
    """Either of the branches ran.

    One that always raises does not make a name uncertain, but an enclosing `try` may see what it
    bound before.
    """
    alive = [branch for branch in branches if not branch.ends]
    joined = Flow(
        ends=not alive,
        may_return=any(branch.may_return for branch in branches),
        may_break=any(branch.may_break for branch in branches),
    )
    for name in dict.fromkeys(name for branch in branches for name in branch.history):
        in_all = all(branch.effects.get(name, _UNTOUCHED).strong for branch in alive or branches)
        joined.effects[name] = _either(name, [branch.effects for branch in branches], in_all)
        joined.history[name] = _either(name, [branch.history for branch in branches], False)
    for branch in branches:
        joined.guarded |= branch.guarded
        joined.rebound |= branch.rebound
    return joined


def _either(name: str, branches: Sequence[Mapping[str, Effect]], strong: bool) -> Effect:
    """The effect of one of the branches; a binding that several share is one candidate."""
    effects = [branch.get(name, _UNTOUCHED) for branch in branches]
    shared = {id(candidate.place): candidate for e in effects for candidate in e.candidates}
    return Effect(strong, tuple(shared.values()), any(effect.unbinds for effect in effects))


def flow_of(statements: Iterable[ast.stmt]) -> Flow:
    """Effects of statements that run one after the other."""
    flow = Flow()
    for statement in statements:
        _add(flow, statement)
    return flow


def _add(flow: Flow, statement: ast.stmt) -> None:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            flow.bind(Candidate(statement.name, statement, statement, statement))
        case ast.Import() | ast.ImportFrom():
            _add_import(flow, statement)
        case ast.Assign(targets=targets, value=value):
            _add_walrus(flow, statement, (value,))
            for target in targets:
                _add_target(flow, target, value, statement)
        case ast.AnnAssign(target=target, value=value):
            if value is not None:
                _add_walrus(flow, statement, (value,))
                _add_target(flow, target, value, statement)
        case ast.AugAssign(target=target):
            if isinstance(target, ast.Name):
                flow.bind(Candidate(target.id, target, statement, None))
        case ast.Delete(targets=targets):
            for name in _deleted(targets):
                flow.apply(name, Effect(True, (), unbinds=True))
        case ast.If() | ast.Try() | ast.With() | ast.AsyncWith() | ast.For() | ast.AsyncFor():
            _add_compound(flow, statement)
        case ast.While() | ast.Match():
            _add_compound(flow, statement)
        case ast.Raise():
            flow.ends = True
        case ast.Break() | ast.Continue():
            flow.may_break = True
        case ast.Return():
            flow.may_return = True
        case _:
            _add_other(flow, statement)


def _add_other(flow: Flow, statement: ast.stmt) -> None:
    if hasattr(ast, "TypeAlias") and isinstance(statement, ast.TypeAlias):
        flow.bind(Candidate(statement.name.id, statement.name, statement, None))
    elif hasattr(ast, "TryStar") and isinstance(statement, ast.TryStar):
        _add_compound(flow, statement)
    elif isinstance(statement, ast.Expr):
        _add_walrus(flow, statement, (statement.value,))


def _add_import(flow: Flow, statement: ast.Import | ast.ImportFrom) -> None:
    for alias in statement.names:
        if alias.name == "*":
            continue
        name = alias.asname or alias.name
        if isinstance(statement, ast.Import) and not alias.asname:
            name = alias.name.partition(".")[0]
        flow.bind(Candidate(name, alias, statement, statement))


def _add_target(flow: Flow, target: ast.expr, value: ast.expr | None, statement: ast.stmt) -> None:
    if isinstance(target, ast.Name):
        flow.bind(Candidate(target.id, target, statement, value))
    elif isinstance(target, ast.Attribute):
        if isinstance(target.value, ast.Name):
            name = f"{target.value.id}.{target.attr}"
            flow.bind(Candidate(name, target, statement, value))
    elif isinstance(target, ast.Starred):
        _add_target(flow, target.value, None, statement)
    elif isinstance(target, (ast.Tuple, ast.List)):
        values: Sequence[ast.expr | None] = [None] * len(target.elts)
        if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
            starred = [*value.elts, *target.elts]
            if not any(isinstance(element, ast.Starred) for element in starred):
                values = value.elts
        for element, part in zip(target.elts, values, strict=True):
            _add_target(flow, element, part, statement)


def _deleted(targets: Iterable[ast.expr]) -> Iterator[str]:
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            yield f"{target.value.id}.{target.attr}"
        elif isinstance(target, (ast.Tuple, ast.List)):
            yield from _deleted(target.elts)


def _add_walrus(flow: Flow, statement: ast.stmt, parts: Iterable[ast.AST | None]) -> None:
    """`:=` anywhere in an expression binds perhaps: `and`, `if` or a filter may skip it."""
    stack = [part for part in parts if part is not None]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.NamedExpr):
            place = Candidate(node.target.id, node.target, statement, node.value)
            flow.bind(place, strong=node is getattr(statement, "value", None))
        stack.extend(children(node))


def _add_compound(flow: Flow, statement: ast.stmt) -> None:
    match statement:
        case ast.If():
            _add_if(flow, statement)
        case ast.With() | ast.AsyncWith():
            _add_walrus(flow, statement, [item.context_expr for item in statement.items])
            inner = Flow()
            for item in statement.items:
                if item.optional_vars is not None:
                    _add_target(inner, item.optional_vars, None, statement)
            inner.then(flow_of(statement.body))
            flow.then(inner.weakened())  # a context manager may swallow an exception
        case ast.For() | ast.AsyncFor():
            _add_walrus(flow, statement, (statement.iter,))
            inner = Flow()
            _add_target(inner, statement.target, None, statement)
            inner.then(flow_of(statement.body))
            flow.then(inner.repeated())
            flow.then(flow_of(statement.orelse).weakened())
        case ast.While():
            _add_walrus(flow, statement, (statement.test,))
            flow.then(flow_of(statement.body).repeated())
            flow.then(flow_of(statement.orelse).weakened())
        case ast.Match():
            _add_match(flow, statement)
        case _:
            _add_try(flow, statement)


def _add_if(flow: Flow, statement: ast.If) -> None:
    """An `elif` chain is walked in a loop: it may be longer than the stack is deep."""
    branches: list[Flow] = []
    here: ast.If | None = statement
    while here is not None:
        _add_walrus(flow, here, (here.test,))
        body = flow_of(here.body)
        if is_main_guard(here.test):
            flow.guarded |= set(body.effects)
        else:
            branches.append(body)
        if len(here.orelse) == 1 and isinstance(here.orelse[0], ast.If):
            here = here.orelse[0]
        else:
            branches.append(flow_of(here.orelse))
            here = None
    flow.then(join(branches))


def is_main_guard(test: ast.expr) -> bool:
    """`__name__ == "__main__"`: false whenever RunAgent loads the file."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    sides = (test.left, test.comparators[0])
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    main = any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)
    return isinstance(test.ops[0], ast.Eq) and named and main


def _add_match(flow: Flow, statement: ast.Match) -> None:
    for case in statement.cases:
        inner = Flow()
        for node in ast.walk(case.pattern):
            name = getattr(node, "name", None) or getattr(node, "rest", None)
            if isinstance(name, str):
                inner.bind(Candidate(name, node, statement, None))
        inner.then(flow_of(case.body))
        flow.then(inner.weakened())


def _add_try(flow: Flow, statement: ast.stmt) -> None:
    attempted = flow_of(getattr(statement, "body", []))
    completed = Flow()
    completed.then(attempted)
    completed.then(flow_of(getattr(statement, "orelse", [])))
    branches = [completed]
    for handler in getattr(statement, "handlers", []):
        branch = attempted.weakened()
        handled = flow_of(handler.body)
        if handler.name:
            handled.apply(handler.name, Effect(True, (), unbinds=True))
        branch.then(handled)
        branches.append(branch)
    flow.then(join(branches))
    flow.then(flow_of(getattr(statement, "finalbody", [])))
