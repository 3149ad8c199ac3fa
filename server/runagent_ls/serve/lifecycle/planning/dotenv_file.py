"""`env_vars` of the configuration with the agent's `.env` laid over it, as the platform does."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.state import Failure, Frame, StartFailedError

_LARGEST = 4 * 1024 * 1024


def with_env_file(folder: Path, env_vars: JsonValue) -> dict[str, str] | None:
    """The variables the agent runs with; None for `env_vars: null` without an `.env`.

    Values of `env_vars` that are no texts are left to the check of the configuration. Raises
    StartFailedError for an `.env` that the loader refuses; its values are in no message.
    """
    path = folder / ".env"
    text = _text(path)
    if text is None:
        return None if env_vars is None else _texts(env_vars)
    if not isinstance(env_vars, dict):
        kind = "NoneType" if env_vars is None else type(env_vars).__name__
        raise _failed(
            path,
            f"Error loading .env file: '{kind}' object has no attribute 'update'",
            "env_vars of the configuration must be an object: write {} or leave it out.",
        )
    from dotenv import dotenv_values

    values = dotenv_values(stream=StringIO(text))
    for name, value in values.items():
        if value is None:
            raise _failed(
                path,
                f"env_vars.{name}: Input should be a valid string",
                f"The line {name} of .env has no equals sign: write {name}=value.",
                _line_of(text, name),
            )
    return _texts(env_vars) | {name: value for name, value in values.items() if value is not None}


def _texts(values: JsonValue) -> dict[str, str]:
    if not isinstance(values, Mapping):
        return {}
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _text(path: Path) -> str | None:
    """None without such a file; the loader passes over a folder of this name."""
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > _LARGEST:
            raise _failed(path, f"Error loading .env file: {path} is larger than 4 MB", None)
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = str(error) if isinstance(error, UnicodeDecodeError) else type(error).__name__
        raise _failed(
            path, f"Error loading .env file: {reason}", "Save .env as readable UTF-8 text."
        ) from None


def _line_of(text: str, name: str) -> int:
    lines = text.split("\n")
    return next((at + 1 for at, line in enumerate(lines) if line.strip().endswith(name)), 1)


def _failed(path: Path, message: str, suggestion: str | None, line: int = 1) -> StartFailedError:
    return StartFailedError(
        Failure("VALIDATION_ERROR", message, suggestion, frames=(Frame(path, line, ""),))
    )
