"""TypeScript, and the same types for JavaScript's documentation comments."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from runagent_ls.features.types.shapes import (
    ANY,
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
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
    "any": "unknown",
}
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


class TypeScriptWriter:
    """`plain`: for JavaScript, where an object of anything is just an `object`."""

    def __init__(self, *, plain: bool = False) -> None:
        self.imports: set[str] = set()
        self._plain = plain
        self._choices: dict[str, str] = {}

    def type(self, shape: Shape) -> str:
        match shape:
            case Scalar(kind=kind):
                return _SCALARS[kind]
            case ListOf(item=item):
                inner = self.type(item)
                return f"({inner})[]" if _is_union(item) else f"{inner}[]"
            case MapOf(value=value):
                if self._plain and value == ANY:
                    return "object"
                return f"Record<string, {self.type(value)}>"
            case TupleOf(items=items):
                return f"[{', '.join(self.type(item) for item in items)}]"
            case Nullable(inner=inner):
                return f"{self.type(inner)} | null"
            case OneOf(options=options):
                return " | ".join(dict.fromkeys(self.type(option) for option in options))
            case Choice():
                return self._choice(shape)
            case Named(name=name):
                return name

    def _choice(self, choice: Choice) -> str:
        literals = " | ".join(json.dumps(value, ensure_ascii=False) for value in choice.values)
        if not choice.named:
            return literals
        self._choices[choice.name] = f"export type {choice.name} = {literals};"
        return choice.name

    def declarations(self, records: Mapping[str, Record]) -> list[str]:
        interfaces = [self._interface(record) for record in records.values()]
        return [*self._choices.values(), *interfaces]

    def _interface(self, record: Record) -> str:
        body = [line for field in record.fields for line in self._property(field)]
        head = _comment(record.description, "")
        if not body:
            return "\n".join([*head, f"export type {record.name} = Record<string, unknown>;"])
        return "\n".join([*head, f"export interface {record.name} {{", *body, "}"])

    def _property(self, field: Field) -> list[str]:
        key = (
            field.key
            if _PLAIN_KEY.fullmatch(field.key)
            else json.dumps(field.key, ensure_ascii=False)
        )
        optional = "" if field.required else "?"
        return [
            *_comment(field.description, "  "),
            f"  {key}{optional}: {self.type(field.shape)};",
        ]


def _is_union(shape: Shape) -> bool:
    match shape:
        case Choice(named=named, values=values):
            return not named and len(values) > 1
        case _:
            return isinstance(shape, Nullable | OneOf)


def _comment(text: str | None, indent: str) -> list[str]:
    if not text:
        return []
    lines = text.strip().replace("*/", "* /").splitlines()
    if len(lines) == 1:
        return [f"{indent}/** {lines[0].strip()} */"]
    inner = [f"{indent} * {line.strip()}".rstrip() for line in lines]
    return [f"{indent}/**", *inner, f"{indent} */"]
