"""From schemas to the types of one language, with the declarations these need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from runagent_ls.features.types.reading import ShapeReader, hint_of
from runagent_ls.features.types.shapes import Record, Shape
from runagent_ls.jsontree.document import JsonValue

Language: TypeAlias = Literal["javascript", "typescript", "go", "rust"]


@dataclass(frozen=True, slots=True)
class TypeText:
    """A type as one writes it. `declarations` are whole, in an order that the language takes;
    `imports` are the lines that they and the type need.
    """

    type: str
    declarations: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


class Writer(Protocol):
    """One language. Collects what its types need while it writes them."""

    imports: set[str]

    def type(self, shape: Shape) -> str:
        """The type, an expression of the language; notes what has to be declared for it."""

    def declarations(self, records: Mapping[str, Record]) -> list[str]:
        """The records, and whatever their types and those written before need besides."""


def writer_of(language: Language) -> Writer:
    """A new writer for a language."""
    match language:
        case "go":
            from runagent_ls.features.types.go import GoWriter

            return GoWriter()
        case "rust":
            from runagent_ls.features.types.rust import RustWriter

            return RustWriter()
        case _:
            from runagent_ls.features.types.typescript import TypeScriptWriter

            return TypeScriptWriter(plain=language == "javascript")


class Translator:
    """Translates several schemas into one file: a type that they share is declared once."""

    def __init__(self, language: Language) -> None:
        self._reader = ShapeReader()
        self._writer = writer_of(language)

    def type(self, schema: Mapping[str, JsonValue], name: str = "value") -> str:
        """The type of a schema that holds its own `$defs`. `name` is what it is the type of: it
        names types that have no name of their own."""
        return self._writer.type(self._reader.read(schema, hint_of(name)))

    def declarations(self) -> tuple[str, ...]:
        """What the types asked for so far need, each whole."""
        return tuple(self._writer.declarations(self._reader.records))

    def imports(self) -> tuple[str, ...]:
        """What types and declarations need to import, as lines; complete after `declarations`."""
        return tuple(sorted(self._writer.imports))


def translate(schema: Mapping[str, JsonValue], language: Language, name: str = "value") -> TypeText:
    """One schema by itself, see `Translator.type`."""
    translator = Translator(language)
    text = translator.type(schema, name)
    declarations = translator.declarations()
    return TypeText(text, declarations, translator.imports())
