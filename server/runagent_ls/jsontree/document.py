"""What a parsed document offers, whatever its syntax. Rules ask for values first, places last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from runagent_ls.text.position import Span

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the root; `()` is the root itself."""

Part: TypeAlias = Literal["value", "key", "property"]
"""`value` of a path, the `key` in front of it (quotes included), or both as `property`."""


class Missing:
    """Type of `MISSING`: the document holds no value at all (empty or hopelessly broken)."""


MISSING: Final = Missing()


class NotText(str):
    """A YAML value that JSON cannot hold, as it is written: a date, or a key that is no text.

    `type_name` is what a YAML reader makes of it: `timestamp`, `integer`, `boolean`, ...
    """

    __slots__ = ("type_name",)

    type_name: str

    def __new__(cls, written: str, type_name: str) -> NotText:
        """`written` is the text as it stands in the document."""
        made = super().__new__(cls, written)
        made.type_name = type_name
        return made

    def __repr__(self) -> str:
        return f"NotText({str(self)!r}, {self.type_name!r})"


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """One place where the text is not what its format allows.

    `kind` is a stable slug (`missing-comma`, `duplicate-key`, ...); `related` is the place the
    problem refers to (the first of two equal keys, the brace that was never closed).
    `breaks_loader` is false for what the real loader accepts (duplicate keys, NaN).
    """

    kind: str
    message: str
    span: Span
    related: Span | None = None
    breaks_loader: bool = True


class Document(Protocol):
    """A configuration text, read. Immutable; asking never raises."""

    @property
    def text(self) -> str: ...

    @property
    def language(self) -> Literal["json", "yaml"]: ...

    @property
    def value(self) -> JsonValue | Missing:
        """Plain Python value; of a broken text, what could be recovered. Last duplicate wins."""

    @property
    def problems(self) -> tuple[SyntaxProblem, ...]: ...

    def span(self, path: Path, part: Part = "value") -> Span:
        """Place of `path`; of its nearest existing ancestor when it does not exist.

        The first call after an edit may scan the text, so ask only for places that are shown.
        """

    def path_at(self, offset: int) -> tuple[Path, Part]:
        """The innermost path at a code point offset, and which part of it is there."""
