"""Options of `check`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from runagent_ls.cli.arguments import EXIT_CODES, CommandParser
from runagent_ls.cli.options.values import LEVELS, listed, one_of, severity

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
        "--fix", action="store_true", help="apply the safe fixes, then report what is left"
    )
