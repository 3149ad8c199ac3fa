"""Options of `test`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from runagent_ls.cli.arguments import EXIT_CODES, CommandParser
from runagent_ls.cli.options.request import add_address, add_serving
from runagent_ls.cli.options.values import at_least, one_of, seconds

FORMATS: Final = ("text", "json", "junit")


def fill(parser: CommandParser) -> None:
    parser.epilog = (
        "A case is a file .runagent/cases/<tag>/<name>.json in the agent's folder: inputs, and\n"
        "what is expected of the answer (docs/testing.md). An agent that nobody serves is served\n"
        "for its cases. Ctrl+C ends the run that goes on and reports those before.\n\n" + EXIT_CODES
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="a project folder, a configuration file, a folder to search for projects, or the file"
        " of a case; default: the current folder",
    )
    parser.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="TAG",
        help="only this entrypoint's cases; may be repeated",
    )
    parser.add_argument(
        "--case",
        action="append",
        default=[],
        metavar="NAME",
        dest="names",
        help="only cases of this name; may be repeated",
    )
    parser.add_argument(
        "--repeat",
        type=at_least(1),
        default=1,
        metavar="N",
        help="run each case so often; it passes when it always does; default: 1",
    )
    parser.add_argument("--list", action="store_true", help="name the cases and run none")
    _add_report(parser)
    add_address(parser)
    add_serving(parser)
    parser.add_argument(
        "--timeout", type=seconds, metavar="S", help="give up on a run after so many seconds"
    )
    parser.add_argument(
        "--no-history", action="store_true", help="do not record the runs in the local history"
    )


def _add_report(parser: CommandParser) -> None:
    parser.add_argument(
        "--output-format",
        type=one_of(FORMATS),
        default="text",
        metavar="FORMAT",
        help=f"one of {', '.join(FORMATS)}; default: text",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write the report to a file; default: standard output",
    )
