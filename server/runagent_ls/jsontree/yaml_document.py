"""YAML text to a `Document`, with the values that PyYAML's safe loader would give.

ruamel.yaml scans and parses; values and places are built here from its events, with a stack of
our own, so that no nesting is too deep and no alias grows beyond bounds.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from runagent_ls.jsontree.document import MISSING, JsonValue, Missing, Part, Path, SyntaxProblem
from runagent_ls.jsontree.faults import Faults
from runagent_ls.jsontree.places import Container, find, path_at
from runagent_ls.jsontree.yaml_builder import TreeBuilder
from runagent_ls.text.position import Span

MAX_LENGTH: Final = 2_000_000
"""Characters read at most: YAML takes about 2 microseconds a character."""

_UNPRINTABLE: Final = re.compile(
    "[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


class YamlDocument:
    """A YAML text, read completely at once."""

    __slots__ = ("_problems", "_root", "_span", "_text", "_value")

    def __init__(
        self,
        text: str,
        value: JsonValue | Missing,
        problems: tuple[SyntaxProblem, ...],
        root: Container | None,
        span: Span,
    ) -> None:
        self._text = text
        self._value = value
        self._problems = problems
        self._root = root
        self._span = span

    @property
    def text(self) -> str:
        return self._text

    @property
    def language(self) -> Literal["yaml"]:
        return "yaml"

    @property
    def value(self) -> JsonValue | Missing:
        return self._value

    @property
    def problems(self) -> tuple[SyntaxProblem, ...]:
        return self._problems

    def span(self, path: Path, part: Part = "value") -> Span:
        """Place of `path`, or of its nearest existing ancestor's value."""
        found = find(self._root, path, part) if self._root is not None else None
        return found if found is not None else self._span

    def path_at(self, offset: int) -> tuple[Path, Part]:
        """The innermost path at a code point offset, and which part of it is there."""
        if self._root is None or not self._span.start <= offset <= self._span.end:
            return (), "value"
        return path_at(self._root, offset)


def parse_yaml(text: str) -> YamlDocument:
    """Read YAML, valid or broken; never raises. Behind a syntax error nothing is read."""
    faults = Faults()
    if len(text) > MAX_LENGTH:
        faults.add(
            "too-large",
            f"This file is not checked: it has more than {MAX_LENGTH:,} characters.",
            Span(0, 1),
            breaks_loader=False,
        )
        return YamlDocument(text, MISSING, faults.in_order(), None, Span(0, len(text)))
    builder = TreeBuilder(text, faults)
    _feed(builder, _printable(text, faults), faults)
    builder.finish()
    if isinstance(builder.value, Missing) and not faults.in_order():
        faults.add("empty-document", "This file is empty: a mapping is expected.", Span(0, 0))
    return YamlDocument(text, builder.value, faults.in_order(), builder.root, builder.span)


def _printable(text: str, faults: Faults) -> str:
    """The text with what YAML forbids replaced, character by character."""
    first = _UNPRINTABLE.search(text)
    if first is None:
        return text
    faults.add(
        "invalid-character",
        f"The character U+{ord(first.group()):04X} may not stand in YAML.",
        Span(*first.span()),
    )
    return _UNPRINTABLE.sub("\ufffd", text)


def _feed(builder: TreeBuilder, text: str, faults: Faults) -> None:
    """Pass the parser's events on until the text ends or is broken."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    try:
        for event in yaml.parse(text):
            if not builder.take(event):
                return
    except MarkedYAMLError as error:
        faults.add(*_described(error, text))
    except Exception as error:  # noqa: BLE001 - ruamel fails with any error on text it did not foresee
        at = builder.last_end
        faults.add("yaml-syntax", f"YAML cannot be read from here on: {error}", Span(at, at))


def _described(error: object, text: str) -> tuple[str, str, Span, Span | None]:
    """Kind, message, place and related place of a syntax error."""
    mark = getattr(error, "problem_mark", None)
    context_mark = getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or "YAML cannot be read from here on")
    context = getattr(error, "context", None)
    at = min(getattr(mark or context_mark, "index", 0), len(text))
    if text[at : at + 1] == "\t":
        problem = "a tab may not indent a line in YAML: use spaces"
    message = problem[:1].upper() + problem[1:]
    message = f"{message} ({context})." if context else f"{message}."
    related_at = getattr(context_mark, "index", None)
    related = None
    if isinstance(related_at, int) and related_at < at:
        related = Span(related_at, min(related_at + 1, len(text)))
    return "yaml-syntax", message, Span(at, min(at + 1, len(text))), related
