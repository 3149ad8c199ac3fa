"""Go, with the tags of `encoding/json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from runagent_ls.features.types.cycles import endless
from runagent_ls.features.types.names import distinct, pascal
from runagent_ls.features.types.shapes import (
    Choice,
    Field,
    ListOf,
    MapOf,
    Named,
    Nullable,
    OneOf,
    Record,
    Scalar,
    Shape,
    TupleOf,
)

_SCALARS: Final = {
    "string": "string",
    "integer": "int",
    "number": "float64",
    "boolean": "bool",
    "null": "interface{}",
    "any": "interface{}",
}


class GoWriter:
    """Go has no unions and no tuples: those are `interface{}` and slices of it."""

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self._choices: dict[str, str] = {}
        self._endless: frozenset[tuple[str, str]] = frozenset()
        self._inside = ""

    def type(self, shape: Shape) -> str:
        match shape:
            case Scalar(kind=kind):
                return _SCALARS[kind]
            case ListOf(item=item):
                return f"[]{self.type(item)}"
            case MapOf(value=value):
                return f"map[string]{self.type(value)}"
            case TupleOf(items=items):
                return self._tuple(items)
            case Nullable(inner=inner):
                return _pointer(self.type(inner))
            case OneOf():
                return "interface{}"
            case Choice():
                return self._choice(shape)
            case Named(name=name):
                return f"*{name}" if (self._inside, name) in self._endless else name

    def _tuple(self, items: tuple[Shape, ...]) -> str:
        inner = {self.type(item) for item in items}
        return f"[{len(items)}]{inner.pop()}" if len(inner) == 1 else "[]interface{}"

    def _choice(self, choice: Choice) -> str:
        kinds = {type(value) for value in choice.values}
        if kinds == {str}:
            plain = "string"
        elif kinds == {bool}:
            return "bool"
        elif kinds <= {int, float}:
            plain = "int" if kinds == {int} else "float64"
        else:
            return "interface{}"
        if not choice.named:
            return plain
        self._choices[choice.name] = _constants(choice, plain)
        return choice.name

    def declarations(self, records: Mapping[str, Record]) -> list[str]:
        self._endless = endless(records)
        structs = [self._struct(record) for record in records.values()]
        return [*self._choices.values(), *structs]

    def _struct(self, record: Record) -> str:
        self._inside = record.name
        names = distinct(pascal(field.key, "Field") for field in record.fields)
        head = _comment(record.description, "")
        if not record.fields:
            return "\n".join([*head, f"type {record.name} struct{{}}"])
        lines = [*head, f"type {record.name} struct {{"]
        for field, name in zip(record.fields, names, strict=True):
            lines += _comment(field.description, "\t")
            lines.append(f"\t{name} {self._field_type(field)} {_tag(field)}")
        self._inside = ""
        return "\n".join([*lines, "}"])

    def _field_type(self, field: Field) -> str:
        text = self.type(field.shape)
        return text if field.required else _pointer(text)


def _pointer(text: str) -> str:
    """A type that can be nil."""
    return text if text.startswith(("*", "[]", "map[", "interface{}")) else f"*{text}"


def _tag(field: Field) -> str:
    """The struct tag. A key that a tag cannot name is left to be set by hand."""
    usable = field.key and not set(field.key) & set('`"\\,') and field.key.isprintable()
    key = field.key if usable and field.key != "-" else "-," if field.key == "-" else "-"
    return f'`json:"{key}{"" if field.required or key == "-" else ",omitempty"}"`'


def _constants(choice: Choice, plain: str) -> str:
    names = distinct(f"{choice.name}{pascal(str(value), 'Value')}" for value in choice.values)
    lines = [
        f"\t{name} {choice.name} = {json.dumps(value, ensure_ascii=False)}"
        for name, value in zip(names, choice.values, strict=True)
    ]
    return "\n".join([f"type {choice.name} {plain}", "", "const (", *lines, ")"])


def _comment(text: str | None, indent: str) -> list[str]:
    lines = text.strip().splitlines() if text else []
    return [f"{indent}// {line.strip()}".rstrip() for line in lines]
