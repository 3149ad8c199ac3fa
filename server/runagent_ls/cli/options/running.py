"""Options of `run` and `stream`."""

from __future__ import annotations

from pathlib import Path

from runagent_ls.cli.arguments import EXIT_CODES, CommandParser
from runagent_ls.cli.options.values import argument, port, seconds


def fill(parser: CommandParser) -> None:
    parser.epilog = (
        "The agent is looked for at --host and --port, else in the local registry by the id of\n"
        "--agent-id or of the project. What the agent returns goes to standard output, states\n"
        "and errors to standard error.\n\n" + EXIT_CODES
    )
    parser.add_argument("tag", metavar="TAG", help="tag of the entrypoint")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--project", type=Path, metavar="DIR", help="folder of the agent; default: the current one"
    )
    which.add_argument("--agent-id", metavar="ID", help="id of the agent, without a project folder")
    parser.add_argument("--host", metavar="H", help="where the agent is served; with --port")
    parser.add_argument("--port", type=port, metavar="P", help="port of the agent; with --host")
    parser.add_argument(
        "--input",
        metavar="FILE|-",
        help="JSON file with the inputs (- is standard input): an object holds keyword arguments,"
        " an array positional ones",
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
    parser.add_argument(
        "--timeout",
        type=seconds,
        metavar="S",
        help="give up after so many seconds; default: no limit while the agent shows life",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the outcome as one JSON object, chunks of a stream as one line each before it",
    )
