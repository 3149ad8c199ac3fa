"""The estimate of tokens, and texts cut to it."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.model import Message
from agent_runtime.tokens import estimate_messages, estimate_tokens, shorten

TEXTS = st.text(st.characters(codec=None), max_size=200)


@given(TEXTS, TEXTS)
def test_more_text_takes_no_less(one: str, other: str) -> None:
    both = estimate_tokens(one + other)
    assert max(estimate_tokens(one), estimate_tokens(other)) <= both
    assert both <= estimate_tokens(one) + estimate_tokens(other)
    assert (estimate_tokens(one) == 0) == (one == "")


@given(TEXTS, st.integers(-5, 80))
def test_a_shortened_text_fits_and_is_the_longest_that_does(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert estimate_tokens(short) <= max(0, limit)
    if estimate_tokens(text) <= limit:
        assert short == text
    elif short:
        kept = short.removesuffix("…")
        assert text.startswith(kept)
        longer = text[: len(kept) + 1]
        assert estimate_tokens(longer + "…") > limit
    else:
        assert limit <= 0


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("word", 1), ("words", 2), ("日本語", 3), ("Привет", 3), ("\ud800", 1)],
)
def test_scripts_with_longer_letters_take_more(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


def test_every_turn_of_a_conversation_costs_something() -> None:
    turns = [Message("user", "word"), Message("assistant", "")]
    assert estimate_messages(turns) == 1 + 4 + 4


def test_only_the_beginning_of_a_huge_text_is_looked_at() -> None:
    huge = "é" * 5_000_000
    tracemalloc.start()
    try:
        assert shorten(huge, 100) == "é" * 198 + "…"
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
