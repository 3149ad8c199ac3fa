"""Rust with `serde`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from runagent_ls.features.types.cycles import endless
from runagent_ls.features.types.names import distinct, pascal, rust_identifier, snake
from runagent_ls.features.types.shapes import (
    ANY,
    Choice,
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
    "string": "String",
    "integer": "i64",
    "number": "f64",
    "boolean": "bool",
    "null": "()",
    "any": "Value",
}
_DERIVE: Final = "#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]"
_SERDE: Final = "use serde::{Deserialize, Serialize};"


class RustWriter:
    """Unions become untagged enums, choices of texts enums with renamed variants."""

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self._enums: dict[str, str] = {}
        self._endless: frozenset[tuple[str, str]] = frozenset()
        self._inside = ""

    def type(self, shape: Shape) -> str:
        match shape:
            case Scalar(kind=kind):
                if kind == "any":
                    self.imports.add("use serde_json::Value;")
                return _SCALARS[kind]
            case ListOf(item=item):
                return f"Vec<{self.type(item)}>"
            case MapOf(value=value):
                self.imports.add("use std::collections::HashMap;")
                return f"HashMap<String, {self.type(value)}>"
            case TupleOf(items=items):
                return self._tuple(items)
            case Nullable(inner=inner):
                return f"Option<{self.type(inner)}>"
            case OneOf():
                return self._union(shape)
            case Choice():
                return self._choice(shape)
            case Named(name=name):
                boxed = (self._inside, name) in self._endless
                return f"Box<{name}>" if boxed else name

    def _tuple(self, items: tuple[Shape, ...]) -> str:
        if not items:
            return self.type(ListOf(ANY))
        inner = ", ".join(self.type(item) for item in items)
        # One value in brackets is that value in Rust, and no list in JSON.
        return f"[{inner}; 1]" if len(items) == 1 else f"({inner})"

    def _choice(self, choice: Choice) -> str:
        values = choice.values
        if not all(isinstance(value, str) for value in values):
            kinds = {type(value) for value in values}
            scalar = {frozenset({int}): "integer", frozenset({bool}): "boolean"}
            kind = scalar.get(frozenset(kinds), "number" if kinds <= {int, float} else "any")
            return self.type(Scalar("any") if kind == "any" else _scalar(kind))
        texts = [str(value) for value in values]
        names = distinct(pascal(text, "Value") for text in texts)
        lines = [
            f'    #[serde(rename = "{_quoted(text)}")]\n    {_variant(name)},'
            for name, text in zip(names, texts, strict=True)
        ]
        self._declare_enum(choice.name, lines, "")
        return choice.name

    def _union(self, union: OneOf) -> str:
        options = [(self._variant_type(option), option) for option in union.options]
        names = distinct(_variant(_label(option)) for _, option in options)
        lines = [f"    {name}({text})," for name, (text, _) in zip(names, options, strict=True)]
        self._declare_enum(union.name, lines, "#[serde(untagged)]\n")
        return union.name

    def _variant_type(self, option: Shape) -> str:
        """Several records share an enum, so it boxes what any of them must not hold directly."""
        boxed = isinstance(option, Named) and option.name in {it for _, it in self._endless}
        return f"Box<{option.name}>" if isinstance(option, Named) and boxed else self.type(option)

    def _declare_enum(self, name: str, lines: list[str], attribute: str) -> None:
        self.imports.add(_SERDE)
        body = "\n".join(lines)
        self._enums[name] = f"{_DERIVE}\n{attribute}pub enum {name} {{\n{body}\n}}"

    def declarations(self, records: Mapping[str, Record]) -> list[str]:
        self._endless = endless(records)
        structs = [self._struct(record) for record in records.values()]
        return [*self._enums.values(), *structs]

    def _struct(self, record: Record) -> str:
        self.imports.add(_SERDE)
        self._inside = record.name
        names = distinct(snake(field.key) for field in record.fields)
        head = [*_comment(record.description, ""), _DERIVE]
        if not record.fields:
            return "\n".join([*head, f"pub struct {record.name} {{}}"])
        lines = [*head, f"pub struct {record.name} {{"]
        for field, name in zip(record.fields, names, strict=True):
            lines += _comment(field.description, "    ")
            text = self.type(field.shape)
            written = rust_identifier(name)
            renamed = written.removeprefix("r#") != field.key
            notes = [f'rename = "{_quoted(field.key)}"'] if renamed else []
            if not field.required:
                notes += ["default", 'skip_serializing_if = "Option::is_none"']
                text = text if isinstance(field.shape, Nullable) else f"Option<{text}>"
            if notes:
                lines.append(f"    #[serde({', '.join(notes)})]")
            lines.append(f"    pub {written}: {text},")
        self._inside = ""
        return "\n".join([*lines, "}"])


def _scalar(kind: str) -> Scalar:
    return Scalar("integer" if kind == "integer" else "boolean" if kind == "boolean" else "number")


def _label(shape: Shape) -> str:
    """A name for an alternative of a union."""
    match shape:
        case Named(name=name) | Choice(name=name) | OneOf(name=name):
            return name
        case Scalar(kind=kind):
            return pascal(kind)
        case ListOf(item=item):
            return f"{_label(item)}List"
        case MapOf():
            return "Map"
        case TupleOf():
            return "Tuple"
        case Nullable(inner=inner):
            return _label(inner)


def _variant(name: str) -> str:
    return f"{name}_" if name == "Self" else name


def _quoted(text: str) -> str:
    """The inside of a Rust string: JSON's escapes, but for those that Rust writes in braces."""
    return "".join(
        json.dumps(char)[1:-1] if char in '"\\\n\r\t' else char if char.isprintable()
        else f"\\u{{{ord(char):x}}}" for char in text
    )  # fmt: skip


def _comment(text: str | None, indent: str) -> list[str]:
    lines = text.strip().splitlines() if text else []
    return [f"{indent}/// {line.strip()}".rstrip() for line in lines]
