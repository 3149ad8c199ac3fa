"""Properties: an edit does what was asked for; a text written back is the one it was."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.jsontree.document import JsonValue, Path
from runagent_ls.jsontree.edits import (
    Replacement,
    apply,
    insert_item,
    insert_property,
    remove,
    rename_key,
    set_value,
)
from runagent_ls.jsontree.json_document import parse_json

SCALARS = st.none() | st.booleans() | st.integers(-9, 99) | st.text('aé\n"\\/ {[\u2028', max_size=4)
KEYS = st.sampled_from(["a", "b", "c d", "é", ""])
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner), max_leaves=9
)
GAPS = st.sampled_from(["", " ", "\n", "\r\n\t", "\r", "  "])
NOTES = st.sampled_from(["", "", "", " // no, {\n", " /* x, ] */", " # y\r\n"])


@st.composite
def written(draw: st.DrawFn, value: JsonValue, notes: st.SearchStrategy[str]) -> str:
    """The value as JSON in any layout, with comments and trailing commas."""

    def gap() -> str:
        return draw(GAPS) + draw(notes) + draw(GAPS)

    def write(item: JsonValue) -> str:
        if not isinstance(item, dict | list):
            return json.dumps(item, ensure_ascii=False)
        rows = (
            [f"{json.dumps(key)}{gap()}:{gap()}{write(each)}" for key, each in item.items()]
            if isinstance(item, dict)
            else [write(each) for each in item]
        )
        inner = ",".join(gap() + row + gap() for row in rows) or gap()
        if rows and notes is not NONE and draw(st.booleans()):
            inner += "," + gap()
        return f"{{{inner}}}" if isinstance(item, dict) else f"[{inner}]"

    return gap() + write(value) + gap()


NONE = st.just("")
TEXTS = VALUES.flatmap(lambda value: written(value, NONE) | written(value, NOTES))


def paths(value: JsonValue, path: Path = ()) -> list[Path]:
    found = [path]
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value if isinstance(value, list) else [])
    )
    for step, item in items:
        found += paths(item, (*path, step))
    return found


def owner_of(value: JsonValue, path: Path) -> JsonValue:
    for step in path:
        match value, step:
            case dict(), str():
                value = value[step]
            case list(), int():
                value = value[step]
    return value


def read(text: str, made: tuple[Replacement, ...] | None) -> tuple[str, JsonValue]:
    """The text after the edits, which must be as sound as before, and its value."""
    assert made is not None
    after = apply(text, made)
    before_kinds = {it.kind for it in parse_json(text).problems}
    document = parse_json(after)
    assert {it.kind for it in document.problems} <= before_kinds, after
    value = document.value
    assert value is None or isinstance(value, bool | int | float | str | list | dict)
    return after, value


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_each_edit_does_what_is_asked_for(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    document = parse_json(text)
    value: JsonValue = document.value if isinstance(document.value, dict | list) else []
    if value is not document.value:
        return
    path = data.draw(st.sampled_from(paths(value)))
    new = data.draw(VALUES)
    place = owner_of(value, path)

    _, after = read(text, set_value(document, path, new))
    assert json.dumps(owner_of(after, path)) == json.dumps(new)
    back, _ = read(text, set_value(document, path, place))
    assert back == text

    if isinstance(place, dict):
        key = data.draw(st.sampled_from(["new", "né\n"]))
        at = data.draw(st.sampled_from([None, *place]))
        larger, after = read(text, insert_property(document, path, key, new, at))
        assert owner_of(after, path) == {**place, key: new}
        order = [*owner_of(after, path)]  # type: ignore[misc]  # a dict, as the line above says
        assert order.index(key) == ([*place].index(at) + 1 if at is not None else len(place))
        _, after = read(larger, remove(parse_json(larger), (*path, key)))
        assert after == value
    elif isinstance(place, list):
        index = data.draw(st.integers(0, len(place)))
        larger, after = read(text, insert_item(document, path, new, index))
        assert owner_of(after, path) == [*place[:index], new, *place[index:]]
        _, after = read(larger, remove(parse_json(larger), (*path, index)))
        assert after == value

    if path:
        owner, last = owner_of(value, path[:-1]), path[-1]
        _, after = read(text, remove(document, path))
        if isinstance(owner, dict):
            assert owner_of(after, path[:-1]) == {k: v for k, v in owner.items() if k != last}
            renamed, _ = read(text, rename_key(document, path, "other"))
            again = rename_key(parse_json(renamed), (*path[:-1], "other"), str(last))
            assert again is not None
            assert parse_json(apply(renamed, again)).value == value
        elif isinstance(owner, list) and isinstance(last, int):
            assert owner_of(after, path[:-1]) == owner[:last] + owner[last + 1 :]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_in_a_tidy_text_nothing_but_the_edit_changes(data: st.DataObject) -> None:
    """What `json.dumps` would write is what the edit makes of what it wrote before."""
    value = data.draw(st.dictionaries(KEYS, VALUES, min_size=1) | st.lists(VALUES, min_size=1))
    indent = data.draw(st.sampled_from([None, 1, 2, 4, "\t"]))

    def dumped(item: JsonValue) -> str:
        return json.dumps(item, indent=indent, ensure_ascii=False)

    text = dumped(value)
    document = parse_json(text)
    path = data.draw(st.sampled_from([it for it in paths(value) if it]))
    made = remove(document, path)
    assert made is not None
    smaller = apply(text, made)
    assert smaller == dumped(parse_json(smaller).value)  # type: ignore[arg-type]  # it is no Missing
    if len(path) == 1 and not isinstance(path[0], int):
        grown = insert_property(document, (), "new", [1, {}])
        assert grown is not None
        larger = apply(text, grown)
        assert larger.startswith(text.rstrip("}\n"))
