"""Options of `check`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from runagent_ls.cli.arguments import EXIT_CODES, CommandParser
from runagent_ls.cli.options.values import LEVELS, listed, one_of, seconds, severity

FORMATS: Final = ("text", "json", "github", "sarif", "junit")


def fill(parser: CommandParser) -> None:
    parser.epilog = EXIT_CODES
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
        type=one_of(FORMATS),
        default="text",
        metavar="FORMAT",
        help=f"one of {', '.join(FORMATS)}; default: text",
    )
    parser.add_argument(
        "--select",
        action="append",
        type=listed,
        default=[],
        metavar="CODES",
        help="check only these rules: codes, slugs or beginnings of codes, separated by commas"
        " (RA301,RA2)",
    )
    parser.add_argument(
        "--ignore",
        action="append",
        type=listed,
        default=[],
        metavar="CODES",
        help="leave these rules out, written as for --select",
    )
    parser.add_argument(
        "--severity",
        action="append",
        type=severity,
        default=[],
        metavar="CODE=LEVEL",
        help=f"report a rule with another severity: {', '.join(LEVELS)}; may be repeated",
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="import the agents in their own Python as well: what reading the code cannot tell is"
        " then known. This runs the top level of their files",
    )
    parser.add_argument(
        "--interpreter",
        type=Path,
        metavar="PATH",
        help="with --verify: the Python to use, or the folder of an environment; default: .venv or"
        " venv of the agent or above it, the activated environment, python3 on PATH",
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=60.0,
        metavar="S",
        help="with --verify: give up on importing an agent after so many seconds; default: 60",
    )
    parser.add_argument(
        "--fix", action="store_true", help="apply the safe fixes, then report what is left"
    )
