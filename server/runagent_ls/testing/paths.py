"""JSONPath: reading expressions, and finding what they lead to."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from runagent_ls.jsontree.document import JsonValue


class PathError(Exception):
    """Text that is no JSONPath, in a sentence for people."""


def path_problem(expression: str) -> str | None:
    """Why a text is no JSONPath, None when it is one."""
    try:
        _parsed(expression)
    except PathError as error:
        return str(error)
    return None


def find(expression: str, value: JsonValue) -> tuple[list[JsonValue], bool]:
    """What the expression leads to, and whether it can lead to one place only.

    Raises PathError. May take as long as it likes.
    """
    path = _parsed(expression)
    try:
        found = [match.value for match in path.find(value)]
    except Exception as error:  # the library stumbles over values that do not fit a filter
        raise PathError(
            f"{expression} cannot be followed: {str(error) or type(error).__name__}"
        ) from error
    return found, _is_definite(path)


@lru_cache(maxsize=2048)
def _parsed(expression: str) -> Any:  # noqa: ANN401 - the library has no types
    try:
        return _parser().parse(expression)
    except Exception as error:
        said = str(error).split("\n", 1)[0].rstrip(".!") or type(error).__name__
        raise PathError(f"{expression} is no JSONPath: {said}.") from error


@cache
def _parser() -> Any:  # noqa: ANN401 - the library has no types
    """One for all expressions: to make it takes thirty times as long as to read one."""
    from jsonpath_ng.ext.parser import ExtentedJsonPathParser

    return ExtentedJsonPathParser(debug=False)


def _is_definite(path: Any) -> bool:  # noqa: ANN401 - the library has no types
    from jsonpath_ng import Child, Fields, Index, Root, This

    if isinstance(path, Child):
        return _is_definite(path.left) and _is_definite(path.right)
    if isinstance(path, Fields):
        return len(path.fields) == 1 and path.fields != ("*",)
    return isinstance(path, Root | This | Index)
