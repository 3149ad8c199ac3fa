"""Symbols out of the bindings that `flow` found."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace

from runagent_ls.pyfile.flow import Candidate, Effect, Flow, flow_of
from runagent_ls.pyfile.functions import (
    Function,
    bare_next_calls,
    dotted,
    dotted_calls,
    is_generator,
    read_signature,
)
from runagent_ls.pyfile.model import BoundArguments, Symbol
from runagent_ls.pyfile.returns import return_kinds
from runagent_ls.pyfile.source import Source
from runagent_ls.pyfile.walking import children, walk
from runagent_ls.pyfile.wrapping import read_factory_wrapping, read_wrapping

_PARTIAL = {"partial", "functools.partial"}
_LITERAL_TYPES: tuple[tuple[type[ast.expr], str], ...] = (
    (ast.List, "list"),
    (ast.ListComp, "list"),
    (ast.Tuple, "tuple"),
    (ast.Set, "set"),
    (ast.SetComp, "set"),
    (ast.JoinedStr, "str"),
    (ast.GeneratorExp, "generator"),
)


def build(candidate: Candidate, source: Source) -> Symbol:
    """The symbol of one binding."""
    statement = candidate.statement
    base = Symbol(
        name=candidate.name.rpartition(".")[2],
        kind="other",
        span=source.name_span(candidate.place),
        full_span=source.full_span(statement),
    )
    match candidate.value:
        case ast.FunctionDef() | ast.AsyncFunctionDef() as function:
            return _function(base, function, source)
        case ast.ClassDef() as class_:
            return _class(base, class_, source)
        case ast.Import() | ast.ImportFrom() as statement if isinstance(candidate.place, ast.alias):
            return replace(base, kind="import", target=_import_target(statement, candidate.place))
        case None:
            return base
        case value:
            return _value(base, value, source)


def combine(effect: Effect, source: Source, *, conditional: bool) -> Symbol | None:
    """The symbol of a name with all its possible bindings; None when there is none."""
    return choose([build(candidate, source) for candidate in effect.candidates], conditional)


def choose(found: list[Symbol], conditional: bool) -> Symbol | None:
    """The last of the possible symbols, with the others as alternatives."""
    if not found:
        return None
    if len(found) == 1 and not conditional and found[0].certain:
        return found[0]  # as most are: nothing to change
    certain = len(found) == 1 and not conditional
    return replace(
        found[-1],
        certain=certain,
        conditional=conditional,
        alternatives=() if len(found) == 1 else tuple(found),
    )


def _function(base: Symbol, function: Function, source: Source) -> Symbol:
    docstring = _docstring(function)
    generator = "yield" in source.text and is_generator(function)
    sync = isinstance(function, ast.FunctionDef)
    may_raise_stop = sync and not generator and "next" in source.text
    return replace(
        base,
        kind="function",
        is_async=not sync,
        is_generator=generator,
        decorators=tuple(source.segment(node) for node in function.decorator_list),
        signature=read_signature(function, source, docstring),
        docstring=docstring,
        returns=() if generator else return_kinds(function),
        wrapping=read_wrapping(function),
        factory_wrapping=read_factory_wrapping(function),
        blocking_calls=dotted_calls(function, source) if sync and generator else (),
        bare_next_calls=bare_next_calls(function, source) if may_raise_stop else (),
    )


def _docstring(node: Function | ast.ClassDef) -> str | None:
    return ast.get_docstring(node, clean=True)


def _import_target(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    if isinstance(statement, ast.ImportFrom):
        return f"{'.' * statement.level}{statement.module or ''}:{alias.name}"
    return f"{alias.name if alias.asname else alias.name.partition('.')[0]}:"


def _value(base: Symbol, value: ast.AST, source: Source) -> Symbol:
    match value:
        case ast.Constant(value=constant):
            return replace(base, kind="literal", value_type=type(constant).__name__)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=int() | float())):
            return replace(base, kind="literal", value_type="number")
        case ast.Dict(keys=keys):
            names = [k.value for k in keys if isinstance(k, ast.Constant)]
            texts = tuple(name for name in names if isinstance(name, str))
            return replace(base, kind="dict", keys=texts, value_type="dict")
        case ast.DictComp():
            return replace(base, kind="dict", value_type="dict")
        case ast.Lambda():
            signature = read_signature(value, source)
            generator = is_generator(value)
            kinds = () if generator else return_kinds(value)
            return replace(
                base, kind="lambda", signature=signature, is_generator=generator, returns=kinds
            )
        case ast.Call():
            return _call(base, value, source)
        case ast.NamedExpr():
            return _value(base, value.value, source)
        case _:
            for node_type, name in _LITERAL_TYPES:
                if isinstance(value, node_type):
                    return replace(base, kind="literal", value_type=name)
            return replace(base, target=source.segment(value))


def _call(base: Symbol, call: ast.Call, source: Source) -> Symbol:
    callee = dotted(call.func)
    if callee in _PARTIAL and call.args and not isinstance(call.args[0], ast.Starred):
        starred = any(isinstance(argument, ast.Starred) for argument in call.args)
        names = tuple(keyword.arg for keyword in call.keywords if keyword.arg is not None)
        exact = not starred and len(names) == len(call.keywords)
        return replace(
            base,
            kind="partial",
            callee=callee,
            target=source.segment(call.args[0]),
            bound=BoundArguments(len(call.args) - 1, names, exact),
        )
    if callee is None:
        return replace(base, target=source.segment(call))
    return replace(base, kind="instance", target=callee)


def _class(base: Symbol, class_: ast.ClassDef, source: Source) -> Symbol:
    flow = flow_of(class_.body)
    members = _members(flow, class_.name, source)
    return replace(
        base,
        kind="class",
        decorators=tuple(source.segment(node) for node in class_.decorator_list),
        docstring=_docstring(class_),
        bases=tuple(source.segment(node) for node in (*class_.bases, *class_.keywords)),
        members=members,
        instance_attributes=_instance_attributes(class_, source),
        leaks_self=any(_leaks_self(method) for method in _methods(class_)),
    )


def _members(flow: Flow, class_name: str, source: Source) -> Mapping[str, Symbol]:
    members: dict[str, Symbol] = {}
    outside = attributes_by_owner(flow, source)
    for name, effect in flow.effects.items():
        if "." in name:
            continue
        symbol = combine(effect, source, conditional=not effect.strong or effect.unbinds)
        if symbol is not None:
            members[mangled(name, class_name)] = replace(symbol, attributes=outside.get(name, {}))
    return members


def mangled(name: str, class_name: str) -> str:
    """The name under which Python stores a private name of a class body."""
    owner = class_name.lstrip("_")
    if not owner or not name.startswith("__") or name.endswith("__"):
        return name
    return f"_{owner}{name}"


def attributes_by_owner(flow: Flow, source: Source) -> Mapping[str, Mapping[str, Symbol]]:
    """Attributes that statements set on names: `app.invoke = f` gives `{"app": {"invoke": f}}`."""
    found: dict[str, dict[str, Symbol]] = {}
    for key, effect in flow.effects.items():
        owner, dot, attribute = key.partition(".")
        if dot:
            symbol = combine(effect, source, conditional=not effect.strong or effect.unbinds)
            if symbol is not None:
                found.setdefault(owner, {})[attribute] = symbol
    return found


def _methods(class_: ast.ClassDef) -> list[Function]:
    """Functions anywhere in the class body that get the instance as their first argument."""
    found: list[Function] = []
    stack: list[ast.AST] = list(class_.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            plain = {getattr(decorator, "id", None) for decorator in node.decorator_list}
            if not plain & {"staticmethod", "classmethod"} and _first_parameter(node):
                found.append(node)
        elif isinstance(node, ast.stmt) and not isinstance(node, ast.ClassDef):
            stack.extend(children(node))
    return found


def _first_parameter(function: Function) -> str | None:
    positional = [*function.args.posonlyargs, *function.args.args]
    return positional[0].arg if positional else None


def _instance_attributes(class_: ast.ClassDef, source: Source) -> Mapping[str, Symbol]:
    found: dict[str, list[Symbol]] = {}
    always: set[str] = set()
    for method in sorted(_methods(class_), key=lambda node: node.lineno):
        flow = flow_of(method.body)
        prefix = f"{_first_parameter(method)}."
        for key, effect in flow.effects.items():
            if not key.startswith(prefix) or not effect.candidates:
                continue
            name = mangled(key[len(prefix) :], class_.name)
            found.setdefault(name, []).extend(build(c, source) for c in effect.candidates)
            if method.name == "__init__" and effect.strong and not effect.unbinds:
                always.add(name)
    symbols: Iterable[tuple[str, Symbol | None]] = (
        (name, choose(options, name not in always)) for name, options in found.items()
    )
    return {name: symbol for name, symbol in symbols if symbol is not None}


def _leaks_self(method: Function) -> bool:
    """Whether the instance is used otherwise than by its attributes or as the result."""
    first = _first_parameter(method)
    harmless: set[int] = set()
    nodes = walk(method)
    for node in nodes:
        if isinstance(node, (ast.Attribute, ast.Return)):
            harmless.add(id(node.value))
    return any(
        isinstance(node, ast.Name) and node.id == first and id(node) not in harmless
        for node in nodes
    )
