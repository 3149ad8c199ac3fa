"""What callers in other languages pass and get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runagent_ls.features.entrypoints import EntrypointInfo
from runagent_ls.features.markup.content import Table
from runagent_ls.features.types import Language, Translator
from runagent_ls.jsontree.document import JsonValue

_LANGUAGES: Final[tuple[tuple[str, Language], ...]] = (
    ("JavaScript, TypeScript", "typescript"),
    ("Go", "go"),
    ("Rust", "rust"),
)
_MOST_ROWS: Final = 12
_LONGEST: Final = 60


def types_table(info: EntrypointInfo) -> Table | None:
    """The types of parameters and result by language; None when the source names no type."""
    schemas = {_label(it.parameter.name, it.required): it.schema for it in info.parameters}
    rows = dict(list(schemas.items())[:_MOST_ROWS])
    output = "→ each chunk" if info.streams else "→ result"
    if info.output_schema:
        rows[output] = info.output_schema
    if not any(_says_something(schema) for schema in rows.values()):
        return None
    columns = [_column(language, rows) for _, language in _LANGUAGES]
    cells = tuple(zip(rows, *columns, strict=True))
    if len(schemas) > _MOST_ROWS:
        more = f"and {len(schemas) - _MOST_ROWS} more"
        cells = (*cells, (more, *["…"] * len(_LANGUAGES)))
    return Table(("", *(name for name, _ in _LANGUAGES)), cells)


def _label(name: str, required: bool) -> str:
    return name if required else f"{name}?"


def _says_something(schema: Mapping[str, JsonValue]) -> bool:
    return bool(schema.keys() - {"description", "default", "title", "$defs"})


def _column(language: Language, rows: Mapping[str, Mapping[str, JsonValue]]) -> list[str]:
    # One for all rows: a type that several of them share has one name.
    translator = Translator(language)
    found = [translator.type(schema, label.strip("→ ?")) for label, schema in rows.items()]
    return [it if len(it) <= _LONGEST else f"{it[: _LONGEST - 1]}…" for it in found]
