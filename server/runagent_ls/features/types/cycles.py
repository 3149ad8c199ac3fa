"""Records that hold themselves without a list or map in between: laid out flat they never end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runagent_ls.features.types.shapes import Named, Record, Shape, parts


def endless(records: Mapping[str, Record]) -> frozenset[tuple[str, str]]:
    """Pairs of a record and one that it holds directly and that leads back to it."""
    held = {
        name: {inner for field in record.fields for inner in _held(field.shape)}
        for name, record in records.items()
    }
    return frozenset(
        (name, inner)
        for name, inside in held.items()
        for inner in inside
        if name in _reached(inner, held)
    )


def _held(shape: Shape) -> Iterator[str]:
    if isinstance(shape, Named):
        yield shape.name
    for part in parts(shape):
        yield from _held(part)


def _reached(start: str, held: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for name in held.get(waiting.pop(), set()) - seen:
            seen.add(name)
            waiting.append(name)
    return seen
