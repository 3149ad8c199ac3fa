"""Which texts have to do with a question: those that share its rarer words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict

_MAX_QUERY_WORDS = 1_000

# Scripts that put no spaces between words: each letter counts as one.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")


def words(text: str) -> list[str]:
    """The words of a text in order, so that equal ones compare equal however they are written.

    >>> words("The CAFÉ's menu, item no_42")
    ['the', 'café', 's', 'menu', 'item', 'no', '42']
    """
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


class WordIndex:
    """Texts by key, and which of them fit a question. Not for several threads at once."""

    def __init__(self) -> None:
        self._words: dict[str, frozenset[str]] = {}
        self._having: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, key: str, text: str) -> None:
        """Adds a text or replaces it."""
        self.discard(key)
        self._words[key] = found = frozenset(map(_singular, words(text)))
        for word in found:
            self._having[word].add(key)

    def discard(self, key: str) -> None:
        """Forgets a text, if it is there."""
        for word in self._words.pop(key, ()):
            self._having[word].discard(key)
            if not self._having[word]:
                del self._having[word]

    def relevance(self, query: str) -> dict[str, float]:
        """Texts that share words with the query, and how much of it they have: up to 1.

        A word counts the more the fewer texts have it, so that *the* hardly matters; an s at its
        end does not count. Only the first 1,000 different words of a query are looked at.
        """
        asked = list(dict.fromkeys(map(_singular, words(query))))[:_MAX_QUERY_WORDS]
        weights = {word: self._rarity(word) for word in asked}
        shares: defaultdict[str, list[float]] = defaultdict(list)
        for word, weight in weights.items():
            for found in self._having.get(word, ()):
                shares[found].append(weight)
        # summed exactly: the order of a set must not decide between two texts
        total = math.fsum(weights.values())
        return {found: min(1.0, math.fsum(parts) / total) for found, parts in shares.items()}

    def _rarity(self, word: str) -> float:
        having = len(self._having.get(word, ()))
        return math.log1p((len(self._words) - having + 0.5) / (having + 0.5))


def _singular(word: str) -> str:
    # plurals in English and some other languages; what this cuts elsewhere is cut on both sides
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word
