"""Items from CSV: a header of parameter names, one item a row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from runagent_ls.agents.batch.cells import Cells, row_text
from runagent_ls.agents.batch.items import Item, broken_item, good_item
from runagent_ls.agents.batch.plan import BatchError
from runagent_ls.agents.batch.text_source import has_broken_bytes, open_text
from runagent_ls.agents.values import JsonValue

if TYPE_CHECKING:
    import _csv

LONGEST_CELL: Final = 16 * 1024 * 1024
"""Characters. Also where a quote that is never closed ends."""
_DELIMITERS: Final = ",;\t|"
_ID: Final = "id"


def read_csv(path: Path | None, input_schema: Mapping[str, JsonValue] | None) -> Iterator[Item]:
    """Items in order; rows that cannot be read are items with a problem.

    Raises BatchError for a file without a usable header.
    """
    name = str(path or "Standard input")
    with closing(open_text(path, "")) as source:
        first = _first_line(source, name)
        if first is None:
            return
        skipped, header_line, delimiter = first
        csv.field_size_limit(LONGEST_CELL)
        rows = csv.reader(_chained(header_line, source), delimiter=delimiter, strict=True)
        columns = _header(rows, name)
        cells = Cells(input_schema)
        for index, (begin, row) in enumerate(_rows(rows)):
            line = begin + skipped
            if isinstance(row, csv.Error):
                end = rows.line_num + skipped
                said = f"line {line}: not CSV ({row}; read as far as line {end})"
                yield broken_item(index, line, f"{line} {row}", said)
                continue
            problem = _problem(line, row, columns)
            if problem is not None:
                yield broken_item(index, line, row_text(row), problem)
            else:
                yield _item(index, line, dict(zip(columns, row, strict=False)), cells)


def _first_line(source: TextIO, name: str) -> tuple[int, str, str] | None:
    """Lines passed over, the header's first line, the delimiter; None for an empty file."""
    skipped = 0
    while line := source.readline(LONGEST_CELL):
        text = line.strip("\r\n\ufeff ")
        # what spreadsheets write in front of the header
        if len(text) == 5 and text.lower().startswith("sep=") and skipped == 0:
            return skipped + 1, source.readline(LONGEST_CELL), text[4]
        if text:
            return skipped, line, _delimiter(line)
        skipped += 1
    return None


def _delimiter(header: str) -> str:
    """The one that stands most often outside quotes."""
    bare = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)


def _chained(first: str, rest: TextIO) -> Iterator[str]:
    yield first
    yield from rest


def _header(rows: Iterator[list[str]], name: str) -> list[str]:
    try:
        columns = [column.strip() for column in next(rows)]
    except (csv.Error, StopIteration) as error:
        raise BatchError(
            f"The first line of {name} is no header of CSV: {error or 'it is empty'}.",
            "The first line has to name the parameters, for instance: name,times",
        ) from error
    while columns and not columns[-1]:
        columns.pop()
    twice = [column for column, count in Counter(columns).items() if count > 1]
    if not columns or "" in columns or twice:
        what = f"names `{twice[0]}` twice" if twice and twice[0] else "has a column without a name"
        raise BatchError(
            f"The header of {name} {what if columns else 'is empty'}.",
            "The first line has to name each parameter once, for instance: name,times",
        )
    return columns


def _rows(rows: _csv.Reader) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Each row that is not empty with the line it begins on, or what is wrong with it."""
    while True:
        begin = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield begin, error
            continue
        if any(row):
            yield begin, row


def _problem(line: int, row: list[str], columns: list[str]) -> str | None:
    if any(row[len(columns) :]):
        return f"line {line}: {len(row)} cells, but the header names {len(columns)} columns"
    for column, cell in zip(columns, row, strict=False):
        if has_broken_bytes(cell):
            return f"line {line}, column `{column}`: bytes that are not text"
    return None


def _item(index: int, line: int, row: dict[str, str], cells: Cells) -> Item:
    # a column `id` that is no parameter names the item
    item_id = row.pop(_ID) if _ID in row and not cells.takes(_ID) else None
    kwargs: dict[str, JsonValue] = {
        column: cells.value(column, cell)
        for column, cell in row.items()
        if not cells.is_left_out(column, cell)
    }
    return good_item(index, line, (), kwargs, item_id or None)
