"""Options of `run` and `stream`."""

from __future__ import annotations

from runagent_ls.cli.arguments import EXIT_CODES, CommandParser
from runagent_ls.cli.options.request import add_request, add_serving, add_target
from runagent_ls.cli.options.values import add_output_format, argument, at_least, seconds


def fill(parser: CommandParser) -> None:
    parser.epilog = (
        "The agent is looked for at --host and --port, else among the running ones of\n"
        "`runagent-ls serve` and in the local registry, by the id of --agent-id or of the\n"
        "project; in the cloud only with --cloud. An agent of a project that nobody serves is\n"
        "served for this one call. What the agent returns goes to standard output; states,\n"
        "errors and where the run went to standard error.\n\n" + EXIT_CODES
    )
    parser.add_argument("tag", metavar="TAG", help="tag of the entrypoint")
    add_target(parser)
    _add_inputs(parser)
    add_request(parser)
    _add_calling(parser)
    add_serving(parser)
    add_output_format(
        parser,
        "print the outcome as one JSON object, chunks of a stream as one line each before it",
    )
    parser.add_argument(
        "--no-history", action="store_true", help="do not record this run in the local history"
    )


def _add_inputs(parser: CommandParser) -> None:
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
        "--send-anyway",
        action="store_true",
        help="call the function even with inputs that do not fit its signature",
    )


def _add_calling(parser: CommandParser) -> None:
    parser.add_argument(
        "--timeout",
        type=seconds,
        metavar="S",
        help="give up after so many seconds; default: no limit while the agent shows life",
    )
    parser.add_argument(
        "--retries",
        type=at_least(0),
        default=0,
        metavar="N",
        help="call again after a failure that may pass, if the function was certainly not called;"
        " default: 0",
    )
    parser.add_argument(
        "--repeat-unsafe",
        action="store_true",
        help="with --retries: call again even when the function may have run",
    )
