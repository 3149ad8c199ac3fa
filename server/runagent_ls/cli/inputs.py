"""Inputs of a call from `--input` and `--arg`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.exit_codes import CommandError
from runagent_ls.text.decoding import decode

_SHAPES = "an object of keyword arguments or an array of positional ones"


def read_inputs(
    source: str | None, arguments: Iterable[tuple[str, JsonValue]]
) -> tuple[list[JsonValue], dict[str, JsonValue]]:
    """Positional and keyword arguments. `source` is a path, `-` for standard input, or None.

    Raises `CommandError` when it cannot be read, or holds something else than expected.
    """
    positional: list[JsonValue] = []
    keywords: dict[str, JsonValue] = {}
    if source is not None:
        value = _parsed(source)
        if isinstance(value, dict):
            keywords = value
        elif isinstance(value, list):
            positional = value
        else:
            raise CommandError(
                f"{_name(source)} holds neither {_SHAPES.replace(' or ', ' nor ')}.",
                'For example: {"name": "Ada"}',
            )
    keywords.update(arguments)
    return positional, keywords


def _parsed(source: str) -> JsonValue:
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise CommandError(
            f"{_name(source)} cannot be read: {error.strerror or error}.",
            f"Give a JSON file with {_SHAPES}, or - for standard input.",
        ) from error
    try:
        value: JsonValue = json.loads(decode(data).text)
    except json.JSONDecodeError as error:
        raise CommandError(
            f"{_name(source)} is not JSON: {error.msg} in line {error.lineno},"
            f" column {error.colno}.",
            f"Give {_SHAPES}.",
        ) from error
    except RecursionError as error:
        raise CommandError(f"{_name(source)} is nested too deeply.") from error
    return value


def _name(source: str) -> str:
    return "Standard input" if source == "-" else source
