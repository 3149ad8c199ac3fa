"""Fields of parameters, read without trust: the right shape, or `InvalidParamsError` by name."""

from __future__ import annotations

import math
from pathlib import Path as FilePath
from typing import Any

from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.uris import to_path


def text(params: Json, name: str) -> str:
    """A text that is not empty."""
    value = params.get(_key(name))
    if not isinstance(value, str) or not value:
        raise InvalidParamsError(f"{name} must be a text that is not empty")
    return value


def optional_text(params: Json, name: str) -> str | None:
    """Like `text`; None when it is left out or null."""
    return None if params.get(_key(name)) is None else text(params, name)


def boolean(params: Json, name: str, default: bool) -> bool:
    """True or false; `default` when it is left out or null."""
    value = params.get(_key(name))
    if value is None:
        return default
    if not isinstance(value, bool):
        raise InvalidParamsError(f"{name} must be true or false")
    return value


def whole_number(params: Json, name: str, default: int, lowest: int, highest: int) -> int:
    """A whole number from `lowest` to `highest`; `default` when it is left out or null."""
    value = params.get(_key(name))
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise InvalidParamsError(f"{name} must be a whole number from {lowest} to {highest}")
    return value


def number(params: Json, name: str) -> float | None:
    """A finite number; None when it is left out or null."""
    value = params.get(_key(name))
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidParamsError(f"{name} must be a number")
    return float(value)


def choice(params: Json, name: str, choices: tuple[str, ...]) -> str:
    """One of `choices`."""
    value = params.get(_key(name))
    if not isinstance(value, str) or value not in choices:
        raise InvalidParamsError(f"{name} must be one of {', '.join(choices)}")
    return value


def mapping(params: Json, name: str) -> Json:
    """An object; empty when it is left out."""
    value = params.get(_key(name), {})
    if not isinstance(value, dict):
        raise InvalidParamsError(f"{name} must be an object")
    return value


def array(params: Json, name: str) -> list[Any]:
    """An array; empty when it is left out."""
    value = params.get(_key(name), [])
    if not isinstance(value, list):
        raise InvalidParamsError(f"{name} must be an array")
    return value


def texts(params: Json, name: str) -> tuple[str, ...]:
    """An array of texts; empty when it is left out."""
    values = array(params, name)
    if not all(isinstance(value, str) and value for value in values):
        raise InvalidParamsError(f"{name} must be an array of texts that are not empty")
    return tuple(values)


def port(params: Json, name: str) -> int | None:
    """The number of a port; None when it is left out."""
    value = params.get(_key(name))
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 65536:
        raise InvalidParamsError(f"{name} must be a number from 1 to 65535, not {value!r}")
    return value


def seconds(params: Json, name: str) -> Json:
    """An object of time limits in seconds, null for none."""
    limits = mapping(params, name)
    for key, value in limits.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and math.isfinite(value) and value > 0):
            raise InvalidParamsError(f"{name}.{key} must be seconds above 0, or null for none")
    return limits


def file(params: Json, name: str, what: str = "a file") -> FilePath:
    """The path behind a `file:` URI."""
    path = to_path(params.get(_key(name)))
    if path is None:
        raise InvalidParamsError(f"{name} must be the file: URI of {what}")
    return path


def optional_file(params: Json, name: str, what: str = "a file") -> FilePath | None:
    """Like `file`; None when it is left out or null."""
    return None if params.get(_key(name)) is None else file(params, name, what)


def config_path(params: Json) -> FilePath:
    """The path behind `configUri`."""
    return file(params, "configUri", "a configuration")


def _key(name: str) -> str:
    """The key of a field that is named with the objects around it."""
    return name.rpartition(".")[2]
