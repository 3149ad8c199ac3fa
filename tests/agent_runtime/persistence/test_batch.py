"""How many values a text of JSON has, counted without reading it."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.persistence import batch

TEXTS = st.text(alphabet='a,[{}]"\\\u00e9', max_size=60)
VALUES = st.recursive(
    st.none() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(TEXTS, inner, max_size=6),
    max_leaves=40,
)


@given(value=VALUES, piece=st.integers(1, 80), cut_off=st.integers(0, 20))
def test_pieces_are_counted_like_the_whole(value: object, piece: int, cut_off: int) -> None:
    text = json.dumps(value, ensure_ascii=False).encode()
    text = text[: max(0, len(text) - cut_off)]
    outside = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", text)
    marks = sum(outside.count(mark) for mark in (b",", b"[", b"{"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "_PIECE", piece)
        for most in (marks - 1, marks):
            patch.setattr(batch, "MOST_VALUES", most)
            assert batch.has_too_many_values(text) == (most < marks)
