"""The items of a batch, read one by one from JSON Lines or CSV.

What cannot be read becomes an item with a problem, so that one broken line never stops the rest.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, TextIO

from runagent_ls.agents.batch.items import Item, broken_item, item_of_json
from runagent_ls.agents.batch.plan import BatchError, InputFormat
from runagent_ls.agents.batch.text_source import open_text
from runagent_ls.agents.values import JsonValue

LONGEST_LINE: Final = 64 * 1024 * 1024
"""Characters. A longer line is an item that fails: the agent takes 16 MB by stream at most."""


def format_of(path: Path | None) -> InputFormat:
    """By the file's name; standard input is JSON Lines."""
    return "csv" if path is not None and path.suffix.lower() in {".csv", ".tsv"} else "jsonl"


def read_inputs(
    path: Path | None,
    input_format: InputFormat | None = None,
    input_schema: Mapping[str, JsonValue] | None = None,
) -> Iterator[Item]:
    """The items in order; None is standard input. Reads as far as it is asked to.

    Raises BatchError when the file cannot be read, or is none of its format as a whole.
    """
    if (input_format or format_of(path)) == "csv":
        from runagent_ls.agents.batch.csv_rows import read_csv

        return read_csv(path, input_schema)
    return _read_json_lines(path)


def count_inputs(path: Path, input_format: InputFormat | None = None) -> int:
    """How many items `read_inputs` would give. Raises BatchError as it does."""
    if (input_format or format_of(path)) == "csv":
        from runagent_ls.agents.batch.csv_rows import read_csv

        return sum(1 for _ in read_csv(path, None))
    with open_text(path, "\n") as lines:
        return sum(1 for _, text in _lines(lines) if text is None or not _is_blank(text))


def count_in_background(
    path: Path, input_format: InputFormat | None, tell: Callable[[int], None]
) -> None:
    """`tell` the running event loop the number of items once it is known, if it can be."""
    loop = asyncio.get_running_loop()

    def count() -> None:
        # what is wrong with the file is said by those who read it; the loop may have ended
        with suppress(BatchError, OSError, RuntimeError):
            total = count_inputs(path, input_format)
            loop.call_soon_threadsafe(tell, total)

    threading.Thread(target=count, name="batch-counter", daemon=True).start()


def _read_json_lines(path: Path | None) -> Iterator[Item]:
    with closing(open_text(path, "\n")) as lines:
        index = 0
        for line, text in _lines(lines):
            if text is None:
                problem = f"line {line}: longer than {LONGEST_LINE // 1024**2} MB"
                yield broken_item(index, line, str(line), problem)
            elif _is_blank(text):
                continue
            elif index == 0 and text.strip() == "[":
                raise BatchError(
                    f"{path or 'Standard input'} is one JSON array over many lines, not JSON"
                    " Lines: each line has to hold one item.",
                    "Write one item a line, for instance with: jq -c '.[]' FILE.json",
                )
            else:
                yield item_of_json(index, line, text.rstrip("\r\n"))
            index += 1


def _is_blank(text: str) -> bool:
    return not text.strip(" \t\r\n\ufeff")


def _lines(source: TextIO) -> Iterator[tuple[int, str | None]]:
    """Lines with their numbers from 1; None stands for one that is too long to be kept."""
    read = source.readline
    number = 0
    while text := read(LONGEST_LINE + 1):
        number += 1
        if len(text) <= LONGEST_LINE or text.endswith("\n"):
            yield number, text
            continue
        while text and not text.endswith("\n"):
            text = read(LONGEST_LINE)
        yield number, None
