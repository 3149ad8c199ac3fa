"""Expressions of annotations as JSON Schema, with named types under `$defs`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.annotations import limits
from runagent_ls.project.annotations.combining import any_of, fixed_array
from runagent_ls.project.annotations.definitions import read_definition
from runagent_ls.project.annotations.enums import member_value
from runagent_ls.project.annotations.known import (
    ARRAYS,
    CONSTRAINED,
    OBJECTS,
    TUPLES,
    Schema,
    plain,
)
from runagent_ls.project.annotations.meaning import External, Local, Meaning, Place
from runagent_ls.project.annotations.reading import Variables
from runagent_ls.project.annotations.scope import Scope
from runagent_ls.project.annotations.statements import definition, expression
from runagent_ls.project.importing import ModuleReader
from runagent_ls.pyfile.functions import dotted
from runagent_ls.pyfile.signature_schema import JsonValue, Missing, literal

_DEEPEST: Final = 60
"""Levels of nesting, through definitions, after which anything goes."""
_MOST_DEFINITIONS: Final = 300
_TRANSPARENT: Final = frozenset(
    f"typing.{name}" for name in ("Required", "NotRequired", "ReadOnly", "Final", "Unpack")
) | {"dataclasses.InitVar"}


class Builder:
    """For the annotations of one entrypoint: they share their definitions."""

    def __init__(self, entry_file: FilePath, reader: ModuleReader) -> None:
        self.reader = reader
        self.scope = Scope(entry_file, reader)
        self.definitions: dict[str, Schema] = {}
        self._keys: dict[object, str] = {}
        self._open: set[str] = set()
        self._recursive: set[str] = set()
        self._depth = 0

    def annotation(self, text: str | None, place: Place) -> Schema:
        """An annotation as written; empty when it is none or says nothing that JSON knows."""
        node = expression(text) if text is not None else None
        try:
            return self.schema(node, place) if node is not None else {}
        except RecursionError:
            return {}

    def schema(self, node: ast.expr, place: Place, variables: Variables | None = None) -> Schema:
        """The schema of an expression that stands at `place`."""
        if self._depth >= _DEEPEST:
            return {}
        self._depth += 1
        try:
            return self._schema(node, place, variables or {})
        finally:
            self._depth -= 1

    def _schema(self, node: ast.expr, place: Place, variables: Variables) -> Schema:
        match node:
            case ast.Constant(value=None):
                return {"type": "null"}
            case ast.Constant(value=str() as text):
                inner = expression(text)
                return self.schema(inner, place, variables) if inner is not None else {}
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return any_of([self.schema(side, place, variables) for side in (left, right)])
            case ast.Name(id=name) if name in variables:
                return dict(variables[name])
            case ast.Name() | ast.Attribute():
                return self._named(self.meaning(node, place), [], place, variables)
            case ast.Subscript(value=value, slice=inner):
                arguments = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
                arguments = arguments or [inner]  # `tuple[()]`
                return self._named(self.meaning(value, place), arguments, place, variables)
            case ast.Call():
                return self._called(node, place)
            case _:
                return {}

    def meaning(self, node: ast.expr | None, place: Place) -> Meaning:
        """What a name or `a.b.c` stands for; None for any other expression."""
        name = dotted(node) if node is not None else None
        return self.scope.find(place, name) if name is not None else None

    def external(self, node: ast.expr | None, place: Place) -> str:
        """Canonical name of what an expression names in another package, else empty."""
        found = self.meaning(node, place)
        return found.name if isinstance(found, External) else ""

    def _named(
        self, found: Meaning, arguments: list[ast.expr], place: Place, variables: Variables
    ) -> Schema:
        if isinstance(found, External):
            return self._external(found.name, arguments, place, variables)
        if isinstance(found, Local):
            given = [self.schema(argument, place, variables) for argument in arguments]
            return self._defined(found, given)
        return {}

    def _external(
        self, name: str, arguments: list[ast.expr], place: Place, variables: Variables
    ) -> Schema:
        if not arguments:
            return plain(name)
        if name == "typing.Literal":
            return self._literal(arguments, place)
        if name == "typing.Annotated":
            inner = self.schema(arguments[0], place, variables)
            return limits.annotated(self, inner, arguments[1:], place)
        if name in TUPLES:
            return self._tuple(arguments, place, variables)
        given = [self.schema(argument, place, variables) for argument in arguments]
        if name == "typing.Optional":
            return any_of([*given, {"type": "null"}])
        if name == "typing.Union":
            return any_of(given)
        if name in _TRANSPARENT:
            return given[0]
        schema = plain(name)
        if name in ARRAYS and len(given) == 1 and given[0]:
            schema["items"] = given[0]
        elif name in OBJECTS and len(given) == 2:
            _describe_members(schema, *given)
        return schema

    def _tuple(self, arguments: list[ast.expr], place: Place, variables: Variables) -> Schema:
        match arguments:
            case [item, ast.Constant(value=value)] if value is Ellipsis:
                inner = self.schema(item, place, variables)
                return {"type": "array", "items": inner} if inner else {"type": "array"}
            case [ast.Tuple(elts=[])]:
                return {"type": "array", "maxItems": 0}
        if any(isinstance(argument, ast.Starred) for argument in arguments):
            return {"type": "array"}
        return fixed_array([self.schema(it, place, variables) for it in arguments])

    def _literal(self, arguments: list[ast.expr], place: Place) -> Schema:
        values: list[JsonValue] = []
        for argument in arguments:
            found = self._literal_values(argument, place)
            if found is None:
                return {}
            values.extend(value for value in found if not _holds(values, value))
        return {"enum": values}

    def _literal_values(self, node: ast.expr, place: Place) -> list[JsonValue] | None:
        """One argument of `Literal`: a value, a member of an Enum, or another `Literal`."""
        value = literal(node)
        if not isinstance(value, Missing):
            return [value]
        if isinstance(node, ast.Attribute):
            owner = self.meaning(node.value, place)
            member = member_value(self, owner, node.attr) if isinstance(owner, Local) else None
            return member if member is None else [member[0]]
        inner = self.schema(node, place).get("enum") if not isinstance(node, ast.Constant) else None
        return inner if isinstance(inner, list) else None

    def _called(self, call: ast.Call, place: Place) -> Schema:
        """`conint(gt=0)` and its like."""
        name = self.external(call.func, place)
        if name in CONSTRAINED:
            return limits.limited(plain(CONSTRAINED[name]), call)
        if name in {"pydantic.conlist", "pydantic.conset", "pydantic.confrozenset"} and call.args:
            inner = self.schema(call.args[0], place)
            schema: Schema = {"type": "array", "items": inner} if inner else {"type": "array"}
            return limits.limited(schema, call)
        return {}

    # Definitions of the project

    def _defined(self, local: Local, arguments: list[Schema]) -> Schema:
        """A class or alias of the project, read once for the same arguments."""
        identity = (
            local.place.path,
            tuple(owner.name for owner in local.place.owners),
            local.symbol.name,
            repr(arguments),
        )
        key = self._keys.get(identity)
        if key is None:
            key = self._keys[identity] = self._free_key(local.symbol.name)
            return self._define(key, local, arguments)
        if key in self._open:
            self._recursive.add(key)
            return {"$ref": f"#/$defs/{key}"}
        return self._use(key)

    def _define(self, key: str, local: Local, arguments: list[Schema]) -> Schema:
        node = definition(local, self.reader)
        if node is None or len(self.definitions) >= _MOST_DEFINITIONS:
            self.definitions[key] = {}
            return {}
        self._open.add(key)
        try:
            self.definitions[key] = read_definition(self, node, local, arguments)
        finally:
            self._open.discard(key)
        if key in self._leads_to(key):
            # `A = A | int` can be written, but says nothing that ends.
            self.definitions[key] = {}
        return self._use(key)

    def _leads_to(self, key: str) -> set[str]:
        """Definitions that a value must be checked against without a step into its parts."""
        found: set[str] = set()
        waiting: list[JsonValue] = [self.definitions[key]]
        while waiting:
            schema = waiting.pop()
            if not isinstance(schema, dict):
                continue
            options = schema.get("anyOf")
            waiting.extend(options if isinstance(options, list) else [])
            target = str(schema.get("$ref", "")).rpartition("/")[2]
            if target and target not in found:
                found.add(target)
                waiting.append(self.definitions.get(target))
        return found

    def _use(self, key: str) -> Schema:
        """Records and what holds itself by reference, everything else as it is."""
        schema = self.definitions[key]
        if schema and (key in self._recursive or "properties" in schema):
            return {"$ref": f"#/$defs/{key}"}
        return dict(schema)

    def _free_key(self, name: str) -> str:
        taken = self._keys.values()
        key, number = name, 2
        while key in taken:
            key, number = f"{name}{number}", number + 1
        return key

    @contextmanager
    def deeper(self) -> Iterator[bool]:
        """Guards walks through bases: False when they lead too deep."""
        self._depth += 1
        try:
            yield self._depth < _DEEPEST
        finally:
            self._depth -= 1


def _describe_members(schema: Schema, keys: Schema, values: Schema) -> None:
    names = keys.get("enum")
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        schema["propertyNames"] = {"enum": names}
    if values:
        schema["additionalProperties"] = values


def _holds(values: list[JsonValue], value: JsonValue) -> bool:
    """Unlike `in`, tells true from 1."""
    return any(type(it) is type(value) and it == value for it in values)
