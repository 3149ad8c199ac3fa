"""Words of texts, and which texts share the rarer ones with a question."""

from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.words import WordIndex, words

TEXT = st.text(alphabet="abc ", max_size=12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("What's the ÉCOLE's no_42?", ["what", "s", "the", "école", "s", "no", "42"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("\ufb01ne", ["fine"]),
        ("東京タワー is tall", ["東", "京", "タ", "ワ", "ー", "is", "tall"]),
        ("สวัส", ["ส", "ว", "ั", "ส"]),
        ("\ud800 x", ["x"]),
    ],
)
def test_words_of_a_text(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(max_size=30))
def test_words_are_the_same_however_they_are_written(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert words(unicodedata.normalize(form, text)) == words(unicodedata.normalize("NFC", text))


@given(st.lists(st.tuples(st.sampled_from("xyz"), TEXT | st.none()), max_size=12), TEXT)
def test_relevance_is_the_share_of_the_querys_words_by_rarity(
    changes: list[tuple[str, str | None]], query: str
) -> None:
    index, texts = WordIndex(), dict[str, set[str]]()
    for key, text in changes:
        if text is None:
            index.discard(key)
            texts.pop(key, None)
        else:
            index.add(key, text)
            texts[key] = set(text.split())
    asked = set(query.split())

    def rarity(word: str) -> float:
        count = sum(word in had for had in texts.values())
        return math.log(1 + (len(texts) - count + 0.5) / (count + 0.5))

    total = sum(map(rarity, asked))
    expected = {
        key: sum(map(rarity, asked & had)) / total for key, had in texts.items() if asked & had
    }
    assert index.relevance(query) == pytest.approx(expected)
    assert all(0 < share <= 1 for share in index.relevance(query).values())


def test_rare_words_count_more_than_words_that_are_everywhere() -> None:
    index = WordIndex()
    for number in range(20):
        index.add(f"the {number}", f"the and of report {number}")
    index.add("invoice", "an invoice")
    relevance = index.relevance("the and of invoice")
    assert max(relevance, key=relevance.__getitem__) == "invoice"


def test_of_an_endless_question_only_the_beginning_is_looked_at() -> None:
    index = WordIndex()
    index.add("early", "word7")
    index.add("late", "word1000")
    query = " ".join(f"word{number}" for number in range(200_000))
    assert index.relevance(query).keys() == {"early"}


@pytest.mark.parametrize(
    ("query", "text", "is_found"),
    [
        ("invoices", "an invoice", True),
        ("invoice", "all invoices", True),
        ("as", "a", False),
        ("glass", "glas", False),
        ("invoiced", "an invoice", False),
    ],
)
def test_one_and_many_are_the_same_word(query: str, text: str, is_found: bool) -> None:
    index = WordIndex()
    index.add("key", text)
    assert bool(index.relevance(query)) == is_found
