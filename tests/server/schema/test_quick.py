"""The quick check never takes what `jsonschema` refuses, and takes ordinary values itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.jsontree.document import NotText
from runagent_ls.schema import validation
from runagent_ls.schema.facts import CONFIG_SCHEMA
from runagent_ls.schema.loading import load
from runagent_ls.schema.quick import surely_valid

PIECES: dict[str, dict[str, Any]] = {
    "config": {
        "agent_name": "demo",
        "description": "d",
        "framework": "default",
        "template": "",
        "version": "1.0.0",
        "created_at": "2025-06-25T13:42:03",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_architecture": {"entrypoints": []},
        "env_vars": {"KEY": "value"},
        "agent_id": "x",
        "auth_settings": None,
        "persistent_folders": ["data"],
        "metadata": {"any": [1]},
    },
    "python": {"file": "main.py", "module": "f", "tag": "t", "extractor": {"a": "$.b"}},
    "webhook": {"webhook_url": "u", "method": "post", "tag": "t", "timeout": 5},
}
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.sampled_from(["default", "12", 253402300800000, -62135596800001, 1e300]),
    st.just(NotText("2025-06-25", "timestamp")),
)
KEYS = st.one_of(st.text(max_size=3), st.just(NotText("1", "integer")))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)


def valid(part: str, value: object) -> bool:
    return surely_valid(validation._schema(part), value, load(CONFIG_SCHEMA))


@pytest.mark.parametrize("part", PIECES)
def test_ordinary_values_need_no_library(part: str) -> None:
    assert valid(part, PIECES[part])


@settings(max_examples=300, deadline=None)
@given(part=st.sampled_from(sorted(PIECES)), data=st.data())
def test_what_is_taken_has_no_errors(part: str, data: st.DataObject) -> None:
    value = dict(PIECES[part])
    for key in data.draw(st.lists(st.sampled_from(sorted(value)), max_size=2)):
        if data.draw(st.booleans()):
            value.pop(key, None)
        else:
            value[key] = data.draw(VALUES)
    if valid(part, value):
        assert list(validation._validator(part).iter_errors(value)) == []


@given(value=VALUES)
def test_what_is_no_object_is_taken_as_little(value: Any) -> None:
    for part in PIECES:
        if valid(part, value):
            assert list(validation._validator(part).iter_errors(value)) == []


def test_an_unknown_keyword_is_left_to_the_library() -> None:
    assert not surely_valid({"type": "string", "pattern": "a"}, "a", {})
    assert not surely_valid({"$ref": "https://example.org/else"}, "a", {})
