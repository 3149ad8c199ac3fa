"""A secret in memory that does not slip out of it."""

from __future__ import annotations

from typing import Never, Self


class Hidden:
    """A text that shows itself only to `reveal`: not in `repr`, `str`, pickles, JSON or logs."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text itself: for the header of a request, and to redact it."""
        return self.__text

    def __repr__(self) -> str:
        return f"{type(self).__name__}(hidden)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.__text == other.reveal()

    def __hash__(self) -> int:
        return hash(self.__text)

    def __reduce__(self) -> Never:
        raise TypeError("a secret is not written anywhere")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self
