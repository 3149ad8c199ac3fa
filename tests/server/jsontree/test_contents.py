"""What stands between the quotes of strings. `⟦⟧` marks it."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marked_text import mark, marked
from runagent_ls.jsontree import parse
from runagent_ls.jsontree.contents import content_of, key_content, value_at
from runagent_ls.jsontree.document import MISSING

Language = Literal["json", "yaml"]


@pytest.mark.parametrize(
    ("language", "text", "plain"),
    [
        ("json", '{"a": "⟦main.py⟧"}', True),
        ("json", '{"a": "⟦⟧"}', True),
        ("json", '{"a": "⟦x\\u0061⟧"}', False),
        ("json", '{"a": "⟦\\u0075⟧"}', False),
        ("json", '{"a": "⟦say \\"a\\"⟧"}', False),
        ("json", '{"a": "⟦main.py⟧', True),
        ("json", '{"a": "⟦ma', True),
        ("json", "{'a': '⟦main.py⟧'}", True),
        ("json", "{a: ⟦main⟧}", True),
        ("yaml", "a: ⟦main.py⟧ # here", True),
        ("yaml", "a: '⟦main.py⟧'", True),
        ("yaml", "a: '⟦it''s⟧'", False),
        ("yaml", 'a: "⟦main.py⟧"', True),
        ("yaml", 'a: "⟦x\\x41⟧"', False),
        ("yaml", "a: !!str ⟦main.py⟧", True),
        ("yaml", "a: &it ⟦main.py⟧", True),
        ("yaml", "a: &it '⟦main.py⟧'", True),
    ],
)
def test_strings(language: Language, text: str, plain: bool) -> None:
    text = text if "⟧" in text else f"{text}⟧"
    document = parse(marked(text).text, language)
    content = content_of(document, ("a",))
    assert content is not None
    assert (mark(document.text, content.span), content.plain) == (text, plain)
    if plain:
        assert document.text[content.span.start : content.span.end] == content.value


@pytest.mark.parametrize("text", ["a: |\n  line\n  more\n", "a: x\n  y\n", "b: &x z\na: *x\n"])
def test_what_is_written_in_another_way_is_not_plain(text: str) -> None:
    content = content_of(parse(text, "yaml"), ("a",))
    assert content is not None
    assert not content.plain


@pytest.mark.parametrize("text", ["", "{", '{"a": 1}', '{"a": null}', '{"a": {}}', '["a"]', "7"])
def test_what_is_no_string_has_no_content(text: str) -> None:
    assert content_of(parse(text, "json"), ("a",)) is None


def test_keys() -> None:
    text = '{"env": {"⟦KEY⟧": 1}}'
    document = parse(marked(text).text, "json")
    key = key_content(document, ("env", "KEY"))
    assert key is not None
    assert mark(document.text, key.span) == text
    assert key_content(document, ("env", "OTHER")) is None
    assert key_content(document, ()) is None
    assert key_content(parse('["a"]', "json"), (0,)) is None


def test_values_by_path() -> None:
    value = parse('{"a": [{"b": null}]}', "json").value
    assert value_at(value, ()) == value
    assert value_at(value, ("a", 0, "b")) is None
    for path in [("b",), ("a", 1), ("a", -1), ("a", "0"), (0,), ("a", 0, "b", "c")]:
        assert value_at(value, path) is MISSING


@given(st.text('ab"\\/:,{}\n\r\té🦉 ', max_size=12), st.booleans())
def test_plain_contents_are_the_value_itself(value: str, ascii_only: bool) -> None:
    import json

    text = f'{{"x": 1, "a": {json.dumps(value, ensure_ascii=ascii_only)}}}'
    content = content_of(parse(text, "json"), ("a",))
    assert content is not None
    assert content.value == value
    written = text[content.span.start : content.span.end]
    assert json.loads(f'"{written}"') == value
    assert content.plain == (written == value)
