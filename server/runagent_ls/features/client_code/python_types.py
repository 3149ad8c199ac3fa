"""Python annotations of what JSON holds: plain types and `TypedDict`, never the agent's classes,
for RunAgent hands over what JSON says."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Final

from runagent_ls.features.client_code.literals import python_scalar
from runagent_ls.features.client_code.text import clean
from runagent_ls.features.types.reading import ShapeReader, hint_of
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
from runagent_ls.jsontree.document import JsonValue

_SCALARS: Final = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "any": "Any",
}


class PythonTypes:
    """Writes types and remembers the declarations that they need."""

    def __init__(self) -> None:
        self._reader = ShapeReader()
        self.imports: set[str] = set()
        """Names of `typing`."""

    def type(self, schema: Mapping[str, JsonValue], name: str) -> str:
        return self._type(self._reader.read(schema, hint_of(name)))

    def declarations(self) -> list[str]:
        """A `TypedDict` for each record met so far."""
        return [self._declaration(record) for record in list(self._reader.records.values())]

    def _type(self, shape: Shape) -> str:
        match shape:
            case Scalar(kind=kind):
                self.imports |= {"Any"} if kind == "any" else set()
                return _SCALARS[kind]
            case ListOf(item=item):
                return f"list[{self._type(item)}]"
            case MapOf(value=value):
                return f"dict[str, {self._type(value)}]"
            case TupleOf(items=items):
                # A tuple is a list in JSON, and what comes back is one.
                return f"list[{self._union([self._type(item) for item in items])}]"
            case Nullable(inner=inner):
                return self._union([self._type(inner), "None"])
            case OneOf(options=options):
                return self._union([self._type(option) for option in options])
            case Choice(values=values):
                return self._choice(values)
            case Named(name=name):
                return name

    def _union(self, types: list[str]) -> str:
        if "Any" in types or not types:
            self.imports.add("Any")
            return "Any"
        return " | ".join(dict.fromkeys(types))

    def _choice(self, values: tuple[JsonValue, ...]) -> str:
        if not all(isinstance(value, str | int) for value in values):
            kinds = [type(value).__name__ for value in values]
            return self._union(["Any" if kind in {"list", "dict"} else kind for kind in kinds])
        self.imports.add("Literal")
        return f"Literal[{', '.join(python_scalar(value) for value in values)}]"

    def _declaration(self, record: Record) -> str:
        self.imports.add("TypedDict")
        if not all(it.key.isidentifier() and not keyword.iskeyword(it.key) for it in record.fields):
            pairs = (f"    {python_scalar(it.key)}: {self._quoted(it)}," for it in record.fields)
            lines = [f'{record.name} = TypedDict(\n    "{record.name}",\n    {{']
            return "\n".join([*lines, *(f"    {pair}" for pair in pairs), "    },\n)"])
        comment = [f"    # {line}" for line in clean(record.description or "").splitlines()]
        fields = [f"    {it.key}: {self._field(it)}" for it in record.fields]
        return "\n".join([f"class {record.name}(TypedDict):", *comment, *(fields or ["    pass"])])

    def _field(self, it: Field) -> str:
        text = self._type(it.shape)
        if it.required:
            return text
        self.imports.add("NotRequired")
        return f"NotRequired[{text}]"

    def _quoted(self, it: Field) -> str:
        """In quotes: this form is evaluated at once, when other types may not be there yet."""
        return python_scalar(self._field(it))
