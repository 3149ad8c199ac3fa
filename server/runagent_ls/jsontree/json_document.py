"""JSON text to a `Document`: at the speed of `json.loads` when the text is valid."""

from __future__ import annotations

from typing import Final, Literal

from runagent_ls.jsontree.document import Document, JsonValue, Missing, Part, Path, SyntaxProblem
from runagent_ls.jsontree.places import Container, find, path_at
from runagent_ls.jsontree.recovery import recover
from runagent_ls.jsontree.scanning import WatchfulScanner, skip_space
from runagent_ls.text.position import Span

_LANGUAGE: Final = "json"


class JsonDocument:
    """A JSON text, read. Of valid text nothing but the value exists until a place is asked for."""

    __slots__ = ("_problems", "_root", "_root_span", "_text", "_value")

    def __init__(
        self,
        text: str,
        value: JsonValue | Missing,
        problems: tuple[SyntaxProblem, ...] = (),
        root: Container | None = None,
        root_span: Span | None = None,
    ) -> None:
        self._text = text
        self._value = value
        self._problems = problems
        self._root = root
        self._root_span = root_span

    @property
    def text(self) -> str:
        return self._text

    @property
    def language(self) -> Literal["json"]:
        return _LANGUAGE

    @property
    def value(self) -> JsonValue | Missing:
        return self._value

    @property
    def problems(self) -> tuple[SyntaxProblem, ...]:
        return self._problems

    def span(self, path: Path, part: Part = "value") -> Span:
        """Place of `path`, or of its nearest existing ancestor's value."""
        root = self._container()
        found = find(root, path, part) if root is not None else None
        return found if found is not None else self._whole()

    def path_at(self, offset: int) -> tuple[Path, Part]:
        """The innermost path at a code point offset, and which part of it is there."""
        root, whole = self._container(), self._whole()
        if root is None or not whole.start < offset < max(whole.end, whole.start + 1):
            return (), "value"
        return path_at(root, offset)

    def _container(self) -> Container | None:
        """The root as a container, None when it is a scalar or nothing."""
        if self._root is None and isinstance(self._value, dict | list):
            start = self._whole().start
            self._root = Container(self._text, start, is_object=isinstance(self._value, dict))
        return self._root

    def _whole(self) -> Span:
        """Place of the root value."""
        if self._root_span is None:
            start = skip_space(self._text, 0)
            self._root_span = Span(start, max(start, len(self._text.rstrip(" \t\n\r"))))
        return self._root_span


def parse_json(text: str, previous: Document | None = None) -> Document:
    """Read JSON, valid or broken; never raises.

    An unchanged text gives `previous` back.
    """
    if previous is not None and previous.text == text and previous.language == _LANGUAGE:
        return previous
    scanner = WatchfulScanner()
    try:
        value, end = scanner.scan(text, skip_space(text, 0))
        if skip_space(text, end) == len(text) and not scanner.remarkable:
            return JsonDocument(text, value)
    except (ValueError, RecursionError):
        pass
    found = recover(text)
    return JsonDocument(text, found.value, found.problems, found.root, found.span)
