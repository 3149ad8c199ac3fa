"""Values on the command line: text in, value out, with a sentence when it is wrong."""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

OUTPUT_FORMATS: Final = ("text", "raw", "json")
_MOST_MEANT: Final = 4
LEVELS: Final = ("error", "warning", "information", "hint", "off")


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """` Did you mean x?` for the nearest of `known`, an empty string when none is near."""
    near = difflib.get_close_matches(given, list(known), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def option_meant(given: str, known: Sequence[str]) -> str:
    """As `did_you_mean`; a shortened option means those that begin so."""
    begun = [name for name in known if given.startswith("--") and name.startswith(given)]
    if not 0 < len(begun) <= _MOST_MEANT:
        return did_you_mean(given, known)
    *others, last = begun
    before = f"{', '.join(others)} or " if others else ""
    return f" Did you mean {before}{last}?"


def one_of(values: Sequence[str]) -> Callable[[str], str]:
    """Exactly one of `values`."""

    def convert(text: str) -> str:
        if text in values:
            return text
        raise argparse.ArgumentTypeError(
            f"{text!r} is none of {', '.join(values)}.{did_you_mean(text, values)}"
        )

    return convert


def listed(text: str) -> list[str]:
    """What stands between the commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def severity(text: str) -> tuple[str, str]:
    """CODE=LEVEL."""
    code, equals, level = text.partition("=")
    if not equals or not code:
        raise argparse.ArgumentTypeError(f"{text!r} is not CODE=LEVEL, for example RA301=warning.")
    return code, one_of(LEVELS)(level)


def port(text: str) -> int:
    """A port number."""
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 1 to 65535.")


def seconds(text: str) -> float:
    """Seconds above 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if 0 < seconds < float("inf"):
        return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0.")


def at_least(smallest: int) -> Callable[[str], int]:
    """A whole number, `smallest` or more."""

    def convert(text: str) -> int:
        if text.isascii() and text.isdigit() and smallest <= int(text[:9]):
            return int(text[:9])
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {smallest} up.")

    return convert


def argument(text: str) -> tuple[str, Any]:
    """NAME=JSON."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=JSON, for example count=3.")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError) as error:
        from runagent_ls.cli.secret_inputs import is_secret

        shown = "..." if is_secret(name, value) else value
        raise argparse.ArgumentTypeError(
            f"the value of {name} is not JSON ({error});"
            f" a string needs quotes: --arg '{name}={json.dumps(shown)}'"
        ) from None


def add_output_format(parser: argparse.ArgumentParser, json_help: str) -> None:
    """How what an agent returns is printed."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--output-format",
        type=one_of(OUTPUT_FORMATS),
        metavar="FORMAT",
        help="text (for people: the steps of an agent as a trace), raw (what the agent gives, as it"
        " is) or json; default: text on a terminal, raw elsewhere",
    )
    group.add_argument(
        "--json",
        action="store_const",
        const="json",
        dest="output_format",
        help=f"{json_help}; the same as --output-format json",
    )
