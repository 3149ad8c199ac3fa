"""Edits one after the other are the same as all of them at once."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from runagent_ls.features.refactoring.stepwise import Steps
from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import Document, JsonValue
from runagent_ls.jsontree.edits import (
    Replacement,
    apply,
    insert_item,
    insert_property,
    remove,
    set_value,
)
from runagent_ls.text.position import Span

keys = st.sampled_from("abcd")
values: st.SearchStrategy[JsonValue] = st.sampled_from([1, "x", None, [], [1], {"e": 2}])


def edit(
    document: Document, name: str, key: str, value: JsonValue
) -> tuple[Replacement, ...] | None:
    match name:
        case "set":
            return set_value(document, (key,), value)
        case "add":
            return insert_property(document, (), key, value)
        case "remove":
            return remove(document, (key,))
        case _:
            return insert_item(document, (key,), value)


@given(
    start=st.dictionaries(keys, values),
    steps=st.lists(st.tuples(st.sampled_from(["set", "add", "remove", "item"]), keys, values)),
    indent=st.sampled_from([None, 2]),
)
def test_the_steps_together(
    start: dict[str, JsonValue], steps: list[tuple[str, str, JsonValue]], indent: int | None
) -> None:
    text = json.dumps(start, indent=indent)
    taken = Steps(parse(text, "json"))
    for step in steps:
        taken.take(edit(taken.document, *step))
    made = taken.replacements()
    assert apply(text, made) == taken.document.text
    assert all(one.end < other.start for one, other in pairwise(span for span, _ in made))


def test_what_stays_is_not_touched() -> None:
    text = '{"a": 1, "b": 2, "c": 3}'
    steps = Steps(parse(text, "json"))
    steps.take(set_value(steps.document, ("a",), 10))
    steps.take(set_value(steps.document, ("c",), 30))
    steps.take(None)
    steps.take(set_value(steps.document, ("a",), 11))
    assert steps.replacements() == ((Span(6, 7), "11"), (Span(22, 23), "30"))


def test_nothing_is_nothing() -> None:
    assert Steps(parse("{}", "json")).replacements() == ()
