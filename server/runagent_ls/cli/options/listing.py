"""Options of `list`."""

from __future__ import annotations

from pathlib import Path

from runagent_ls.cli.arguments import CommandParser


def fill(parser: CommandParser) -> None:
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
