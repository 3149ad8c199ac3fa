"""Options of `client`."""

from __future__ import annotations

from pathlib import Path

from runagent_ls.cli.arguments import EXIT_CODES, CommandParser
from runagent_ls.cli.options.values import argument, one_of, port
from runagent_ls.features.client_code import LANGUAGES


def fill(parser: CommandParser) -> None:
    parser.epilog = (
        "The code goes to standard output or to --output, what to know about it to standard\n"
        "error. Inputs that are needed and not given become example values. Without --host\n"
        "and --port the code looks for the agent in the local registry.\n\n" + EXIT_CODES
    )
    parser.add_argument("tag", metavar="TAG", help="tag of the entrypoint")
    parser.add_argument(
        "--language",
        required=True,
        type=one_of(LANGUAGES),
        metavar="LANGUAGE",
        help=f"one of {', '.join(LANGUAGES)}",
    )
    parser.add_argument(
        "--project", type=Path, metavar="DIR", help="folder of the agent; default: the current one"
    )
    parser.add_argument("--host", metavar="H", help="where the agent is served; with --port")
    parser.add_argument("--port", type=port, metavar="P", help="port of the agent")
    parser.add_argument("--cloud", action="store_true", help="call the agent in the cloud")
    parser.add_argument(
        "--last-run",
        action="store_true",
        help="use the inputs of the last run of the entrypoint that the history has",
    )
    parser.add_argument(
        "--input",
        metavar="FILE|-",
        help="JSON file with the inputs (- is standard input): an object holds keyword arguments,"
        " an array positional ones; beats --last-run",
    )
    parser.add_argument(
        "--arg",
        action="append",
        type=argument,
        default=[],
        dest="arguments",
        metavar="NAME=JSON",
        help="one keyword argument, its value as JSON; beats --input; may be repeated",
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the code to this file")
