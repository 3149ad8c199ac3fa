"""Secrets that arrive in pieces: adjacent texts of a stream are looked at as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runagent_ls.agents.history.redaction import patterns
from runagent_ls.agents.history.redaction.redactor import Redactor

_REMEMBERED: Final = 4096
"""Characters that were let through and still count for what follows them."""
_HARMLESS: Final = 3
"""So many characters of what may be a secret are let through when nothing comes for a while: they
tell little, and an output should not be missing because it ends in the first letter of a key."""
_MOST_HELD: Final = 4096
"""Texts that wait at most; an endless number of empty ones must not pile up."""


class TextStream:
    """Cleans texts that follow each other. What may be the beginning of a secret waits."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._before = ""

    def restart(self) -> None:
        """What comes next does not follow what came before."""
        self._before = ""

    def skip(self, texts: Sequence[str]) -> None:
        """Texts that are not kept came by."""
        self._remember(texts)

    def clean(self, texts: Sequence[str], *, last: bool, idle: bool = False) -> list[str]:
        """The texts without secrets, fewer than given when the rest has to wait for more.

        With `last` nothing follows, and nothing waits; with `idle` nothing waits for the sake of
        a few characters. What waits has to be given again, in front of what came since.
        """
        joined = "".join(texts)
        whole = self._before + joined
        offset = len(self._before)
        suspicious = self._redactor.suspicious(whole)
        ready = texts
        if not last:
            ready = self._ready(texts, whole, offset, _HARMLESS if idle else 0)
        if not ready:
            return []
        places = []
        if suspicious:
            places = [
                (max(start, offset) - offset, end - offset)
                for start, end in self._redactor.places(whole)
                if end > offset
            ]
        self._remember(ready)
        return self._masked(ready, places) if places else list(ready)

    def _ready(self, texts: Sequence[str], whole: str, offset: int, harmless: int) -> Sequence[str]:
        """Those texts that end before the first character that may begin a secret."""
        open_at = min(self._redactor.forms.open_at(whole), patterns.open_at(whole)) - offset
        total = len(whole) - offset
        if total - open_at <= harmless:
            return texts
        count, end = len(texts), total
        while count and end > max(open_at, 0):
            count -= 1
            end -= len(texts[count])
        if len(texts) - count > _MOST_HELD:
            return texts
        return texts[:count]

    def _masked(self, texts: Sequence[str], places: Sequence[tuple[int, int]]) -> list[str]:
        """The mask stands in the text where a secret begins; the rest of it is taken away."""
        clean: list[str] = []
        waiting = iter(places)
        place = next(waiting, None)
        at = 0
        for text in texts:
            end = at + len(text)
            parts: list[str] = []
            position = at
            while place is not None and place[0] < end:
                start = max(place[0], position)
                parts.append(text[position - at : start - at])
                if place[0] >= at and start == place[0]:
                    parts.append(self._redactor.mask())
                position = min(place[1], end)
                if place[1] > end:
                    break
                place = next(waiting, None)
            parts.append(text[position - at :])
            clean.append("".join(parts))
            at = end
        return clean

    def _remember(self, texts: Sequence[str]) -> None:
        taken: list[str] = []
        length = 0
        for text in reversed(texts):
            taken.append(text)
            length += len(text)
            if length >= _REMEMBERED:
                break
        else:
            taken.append(self._before)
        self._before = "".join(reversed(taken))[-_REMEMBERED:]
