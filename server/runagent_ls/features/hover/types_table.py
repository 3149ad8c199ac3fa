"""What callers in other languages pass and get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from runagent_ls.features.entrypoints import EntrypointInfo, describe
from runagent_ls.features.markup.content import Table
from runagent_ls.features.types import Language, Translator
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.project.module_reader import RecordingReader

_LANGUAGES: Final[tuple[tuple[str, Language], ...]] = (
    ("JavaScript, TypeScript", "typescript"),
    ("Go", "go"),
    ("Rust", "rust"),
)
_MOST_ROWS: Final = 12
_LONGEST: Final = 60


def types_table(project: AgentProject, entrypoint: Entrypoint) -> Table | None:
    """The types of parameters and result by language; None when the source names no type.

    Kept for those asked about last: following annotations takes longer than all the rest.
    """
    if project.files is None:
        return None
    known = _kept.get(id(entrypoint))
    # It holds the entrypoint itself, so that no other one can have its id.
    if known is None or not known.reader.still_holds(project.files):
        if len(_kept) >= _MOST_KEPT:
            del _kept[next(iter(_kept))]
        reader = RecordingReader(project.root, project.files)
        table = _table(describe(entrypoint, project, reader))
        known = _kept[id(entrypoint)] = _Kept(entrypoint, reader, table)
    return known.table


@dataclass(frozen=True, slots=True)
class _Kept:
    entrypoint: Entrypoint
    reader: RecordingReader
    """Knows which files the table was made of."""
    table: Table | None


_kept: Final[dict[int, _Kept]] = {}
_MOST_KEPT: Final = 32


def _table(info: EntrypointInfo) -> Table | None:
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
