"""The command line as `argparse` sees it: commands, options, help, and what was probably meant."""

from __future__ import annotations

import argparse
import difflib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from runagent_ls.version import __version__

COMMANDS: Final = ("check", "list", "run", "stream", "rule")
FORMATS: Final = ("text", "json", "github", "sarif", "junit")
LEVELS: Final = ("error", "warning", "information", "hint", "off")

_EXIT_CODES: Final = """\
exit codes:
  0    fine
  1    findings of error severity, or the agent failed
  2    wrong use, or a failure of runagent-ls itself
  3    no connection
  4    not allowed (key, permission)
  5    timed out
  130  interrupted
  141  nobody reads the output any more
"""


class CommandParser(argparse.ArgumentParser):
    """A parser that takes no abbreviations and keeps the layout of its texts."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(
            prog,
            description=description,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    def option_names(self) -> list[str]:
        """Every option that the help names."""
        return re.findall(r"--[a-z][a-z-]*", self.format_help())


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """` Did you mean x?` for the nearest of `known`, an empty string when none is near."""
    near = difflib.get_close_matches(given, list(known), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; exits as `argparse` does on `--help`, `--version` and wrong use."""
    parser, commands = _parsers()
    command = next((text for text in arguments if not text.startswith("-")), None)
    if command is not None and command not in commands:
        parser.error(
            f"there is no command {command!r}.{did_you_mean(command, COMMANDS)}"
            f" Commands: {', '.join(COMMANDS)}."
        )
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        user = commands.get(options.command, parser)
        first = unknown[0].partition("=")[0]
        user.error(f"{first!r} is not understood here.{did_you_mean(first, user.option_names())}")
    return options


def _parsers() -> tuple[CommandParser, dict[str, CommandParser]]:
    parser = CommandParser(
        prog="runagent-ls",
        description="Checks RunAgent agent projects and calls their agents.\n"
        "Without arguments, or with --stdio: language server on standard input and output,\n"
        "for editors.",
    )
    parser.epilog = _EXIT_CODES
    parser.add_argument("--version", action="version", version=f"runagent-ls {__version__}")
    group = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands: dict[str, CommandParser] = {}
    for name, summary, fill in (
        ("check", "find mistakes in agent projects", _check),
        ("list", "list the entrypoints of agent projects", _list),
        ("run", "call an entrypoint and print what it returns", _run),
        ("stream", "call a streaming entrypoint and print its chunks as they arrive", _run),
        ("rule", "print the documentation of a rule", _rule),
    ):
        command = group.add_parser(
            name, help=summary, description=summary[0].upper() + summary[1:] + "."
        )
        fill(command)
        commands[name] = command
    return parser, commands


def _check(parser: CommandParser) -> None:
    parser.epilog = _EXIT_CODES
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="a project folder, a configuration file, or a folder to search for projects"
        " (what .gitignore names is left out); default: the current folder",
    )
    parser.add_argument(
        "--output-format",
        type=_one_of(FORMATS),
        default="text",
        metavar="FORMAT",
        help=f"one of {', '.join(FORMATS)}; default: text",
    )
    parser.add_argument(
        "--select",
        action="append",
        type=_listed,
        default=[],
        metavar="CODES",
        help="check only these rules: codes, slugs or beginnings of codes, separated by commas"
        " (RA301,RA2)",
    )
    parser.add_argument(
        "--ignore",
        action="append",
        type=_listed,
        default=[],
        metavar="CODES",
        help="leave these rules out, written as for --select",
    )
    parser.add_argument(
        "--severity",
        action="append",
        type=_severity,
        default=[],
        metavar="CODE=LEVEL",
        help=f"report a rule with another severity: {', '.join(LEVELS)}; may be repeated",
    )
    parser.add_argument(
        "--fix", action="store_true", help="apply the safe fixes, then report what is left"
    )


def _list(parser: CommandParser) -> None:
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="PATH",
        help="a project folder, a configuration file, or a folder to search;"
        " default: the current folder",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _run(parser: CommandParser) -> None:
    parser.epilog = (
        "The agent is looked for at --host and --port, else in the local registry by the id of\n"
        "--agent-id or of the project. What the agent returns goes to standard output, states\n"
        "and errors to standard error.\n\n" + _EXIT_CODES
    )
    parser.add_argument("tag", metavar="TAG", help="tag of the entrypoint")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--project", type=Path, metavar="DIR", help="folder of the agent; default: the current one"
    )
    which.add_argument("--agent-id", metavar="ID", help="id of the agent, without a project folder")
    parser.add_argument("--host", metavar="H", help="where the agent is served; with --port")
    parser.add_argument("--port", type=_port, metavar="P", help="port of the agent; with --host")
    parser.add_argument(
        "--input",
        metavar="FILE|-",
        help="JSON file with the inputs (- is standard input): an object holds keyword arguments,"
        " an array positional ones",
    )
    parser.add_argument(
        "--arg",
        action="append",
        type=_argument,
        default=[],
        dest="arguments",
        metavar="NAME=JSON",
        help="one keyword argument, its value as JSON; beats --input; may be repeated",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        metavar="S",
        help="give up after so many seconds; default: no limit while the agent shows life",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the outcome as one JSON object, chunks of a stream as one line each before it",
    )


def _rule(parser: CommandParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "code", nargs="?", metavar="CODE", help="code or slug of the rule, or list for an overview"
    )
    which.add_argument("--all", action="store_true", help="print the documentation of every rule")


def _one_of(values: Sequence[str]) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text in values:
            return text
        raise argparse.ArgumentTypeError(
            f"{text!r} is none of {', '.join(values)}.{did_you_mean(text, values)}"
        )

    return convert


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _severity(text: str) -> tuple[str, str]:
    code, equals, level = text.partition("=")
    if not equals or not code:
        raise argparse.ArgumentTypeError(f"{text!r} is not CODE=LEVEL, for example RA301=warning.")
    return code, _one_of(LEVELS)(level)


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 1 to 65535.")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if 0 < seconds < float("inf"):
        return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0.")


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=JSON, for example count=3.")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError) as error:
        raise argparse.ArgumentTypeError(
            f"the value of {name} is not JSON ({error});"
            f" a string needs quotes: --arg '{name}={json.dumps(value)}'"
        ) from None
