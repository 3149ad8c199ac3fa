"""How the parameters and the result of an entrypoint look in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from runagent_ls.features.entrypoints import EntrypointInfo
from runagent_ls.features.types.translation import Language, translate
from runagent_ls.jsontree.document import JsonValue

RESULT: Final = "return"
"""Name of the row for what a call gives."""


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One parameter, or the result: `python` as written, None without annotation."""

    name: str
    python: str | None
    types: Mapping[Language, str]


def table(info: EntrypointInfo) -> tuple[TypeRow, ...]:
    """A row for each parameter, and one for what a call or each chunk of a stream gives."""
    rows = [_row(it.parameter.name, it.parameter.annotation, it.schema) for it in info.parameters]
    return (*rows, _row(RESULT, info.returns, info.output_schema))


def _row(name: str, python: str | None, schema: Mapping[str, JsonValue]) -> TypeRow:
    languages: tuple[Language, ...] = get_args(Language)
    return TypeRow(name, python, {it: translate(schema, it, name).type for it in languages})
