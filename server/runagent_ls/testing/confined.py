"""Expectations that may take forever, as a program of its own that can be stopped.

Regular expressions, schemas with such and JSONPath filters try out what they like. The program
writes an empty line when it is ready, reads what is expected and what came from standard input and
writes what does not hold:

    {"expect": {...}, "output": ..., "text": "..."} -> [{"expectation", "message", "path", ...}]
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from runagent_ls.jsontree.document import JsonValue, Path
from runagent_ls.schema.json_schema import SchemaError, misfits
from runagent_ls.schema.wording import shortened
from runagent_ls.testing.answer import text_of
from runagent_ls.testing.comparing import as_text, difference
from runagent_ls.testing.expectations import in_words
from runagent_ls.testing.model import Failure
from runagent_ls.testing.paths import PathError, find

CONFINED: Final = ("regex", "schema", "jsonPath")
MOST_BYTES: Final = 4 * 1024**3
"""Of memory; the largest output that is kept takes less than half of it."""


def main() -> None:
    """Answer the one question that stands in standard input."""
    _limit_memory()
    print(flush=True)  # noqa: T201 - it has started, and its time begins
    question = json.load(sys.stdin)
    found = failures(question["expect"], question["output"], question["text"])
    json.dump([asdict(it) for it in found], sys.stdout)


def _limit_memory() -> None:
    """Where the system can: a short JSONPath may ask for all the memory there is."""
    try:
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = MOST_BYTES if most == resource.RLIM_INFINITY else min(MOST_BYTES, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    except (ImportError, OSError, ValueError):
        return


def failures(expect: Mapping[str, JsonValue], output: JsonValue, text: str) -> Iterator[Failure]:
    """Of `regex`, `schema` and `jsonPath`, what does not hold."""
    if isinstance(pattern := expect.get("regex"), str):
        yield from _regex("regex", ("regex",), pattern, [text], "The output")
    if isinstance(schema := expect.get("schema"), dict):
        yield from _schema(schema, output)
    places = expect.get("jsonPath")
    for index, place in enumerate(places if isinstance(places, list) else ()):
        if isinstance(place, dict):
            yield from _place(f"jsonPath[{index}]", ("jsonPath", index), place, output)


def _regex(
    name: str, path: Path, pattern: str, texts: Sequence[str], what: str
) -> Iterator[Failure]:
    compiled = re.compile(pattern)
    if not any(compiled.search(text) for text in texts):
        message = f"{what} does not match {shortened(pattern)}."
        yield Failure(name, message, path, pattern, as_text(texts[0] if texts else ""))


def _schema(schema: Mapping[str, JsonValue], output: JsonValue) -> Iterator[Failure]:
    try:
        found = misfits(schema, output)
    except SchemaError as error:
        yield Failure("schema", str(error), ("schema",))
        return
    if found:
        more = f" And {len(found) - 1} more." if len(found) > 1 else ""
        yield Failure(
            "schema", f"The output does not fit the schema: {found[0].message}{more}", ("schema",)
        )


def _place(
    name: str, path: Path, place: Mapping[str, JsonValue], output: JsonValue
) -> Iterator[Failure]:
    """One place of the output, given by JSONPath."""
    expression = str(place["path"])
    try:
        values, is_one = find(expression, output)
    except PathError as error:
        yield Failure(name, str(error), path)
        return
    count, exists = place.get("count"), place.get("exists")
    if isinstance(count, int) and len(values) != count:
        message = f"{expression} finds {_places(len(values))}, not {count}."
        yield Failure(f"{name}.count", message, (*path, "count"), str(count), str(len(values)))
    if isinstance(exists, bool) and exists != bool(values):
        said = "finds nothing" if exists else f"finds {shortened(values[0])}"
        message = f"{expression} {said}."
        yield Failure(f"{name}.exists", message, (*path, "exists"))
    asked = [it for it in ("equals", "contains", "regex") if it in place]
    if asked and not values:
        if exists is not True:
            message = f"{expression} finds nothing."
            yield Failure(f"{name}.{asked[0]}", message, path, None, as_text(output))
        return
    yield from _values(name, path, place, values, is_one=is_one)


def _values(
    name: str, path: Path, place: Mapping[str, Any], values: list[JsonValue], *, is_one: bool
) -> Iterator[Failure]:
    expression = str(place["path"])
    if "equals" in place:
        actual = values[0] if is_one else values
        found = difference(place["equals"], actual)
        if found is not None:
            shown = as_text(place["equals"]), as_text(actual)
            message = in_words(found, expression)
            yield Failure(f"{name}.equals", message, (*path, "equals"), *shown)
    texts = [text_of(value) for value in values]
    part = place.get("contains")
    if part is not None and not any(part in text for text in texts):
        message = f"{expression} does not contain {shortened(part)}."
        shown = as_text(part), as_text(texts[0])
        yield Failure(f"{name}.contains", message, (*path, "contains"), *shown)
    if "regex" in place:
        where = (*path, "regex")
        yield from _regex(f"{name}.regex", where, place["regex"], texts, expression)


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"
