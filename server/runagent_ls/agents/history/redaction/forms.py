"""Known secrets in every spelling that they travel in, and where they stand in a text."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias
from urllib.parse import quote, quote_plus

Span: TypeAlias = tuple[int, int]

_STRUCTURE: Final = frozenset('",:[]{}')
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~-]{8,}")
SHORTEST: Final = 8
"""Shorter values are no secrets worth the name, and would be found everywhere."""


class SecretForms:
    """The spellings of a set of secrets: as they are, in JSON, percent-encoded, in Base64."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST}
        # longest first, so that a secret that holds another one goes as a whole
        self._forms: Final = tuple(sorted(forms, key=lambda form: (-len(form), form)))
        self.may_span_values: Final = any(set(form) & _STRUCTURE for form in self._forms)
        """Whether the text of several JSON values can hold a secret that none of them holds."""
        self._probes: Final = _probes(self._forms)
        self._by_first: Final[dict[str, list[str]]] = {}
        for form in self._forms:
            self._by_first.setdefault(form[0], []).append(form)
        self._longest: Final = len(self._forms[0]) if self._forms else 0

    def found_in(self, text: str) -> bool:
        """Whether any secret stands in `text`."""
        return any(probe in text for probe in self._probes) and any(
            form in text for form in self._forms
        )

    def spans(self, text: str) -> Iterator[Span]:
        """Where secrets stand, unordered; places may overlap."""
        for form in self._forms:
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form)
                at = text.find(form, at + len(form))

    def open_at(self, text: str) -> int:
        """Where the end of `text` may be the beginning of a secret, else its length."""
        start = max(0, len(text) - self._longest + 1)
        for at in range(start, len(text)):
            if text[at] in self._by_first:
                rest = text[at:]
                alike = self._by_first[text[at]]
                if any(form.startswith(rest) and form != rest for form in alike):
                    return at
        return len(text)


def _probes(forms: Iterable[str]) -> tuple[str, ...]:
    """Texts of which each form has one in it: where none of them stands, no form does.

    Most spellings of a secret share the longest stretch that needs no escapes.
    """
    stretches = {max(_PLAIN.findall(form), key=len, default=form) for form in forms}
    probes: list[str] = []
    for stretch in sorted(stretches, key=lambda stretch: (len(stretch), stretch)):
        if not any(probe in stretch for probe in probes):
            probes.append(stretch)
    return tuple(probes)


def _forms(secret: str) -> Iterator[str]:
    if len(secret) < SHORTEST:
        return
    yield secret
    for ascii_only in (True, False):
        yield json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    try:
        data = secret.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair: none of the encodings below knows it
        return
    for encoded in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield encoded
        yield _lower_hex(encoded)
    yield from _in_base64(data)


def _lower_hex(encoded: str) -> str:
    """`%2F` as `%2f`."""
    head, *parts = encoded.split("%")
    return head + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts)


def _in_base64(data: bytes) -> Iterator[str]:
    """What is always the same in Base64 of anything that has `data` in it, at each of three
    alignments."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + data).decode("ascii")
        first = -(-before * 8 // 6)
        certain = text[first : (before + len(data)) * 8 // 6]
        yield certain
        yield certain.replace("+", "-").replace("/", "_")
