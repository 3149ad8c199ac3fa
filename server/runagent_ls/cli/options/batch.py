"""Options of `batch`."""

from __future__ import annotations

from pathlib import Path

from runagent_ls.cli.arguments import EXIT_CODES, CommandParser
from runagent_ls.cli.options.request import add_request, add_serving, add_target
from runagent_ls.cli.options.values import at_least, one_of, seconds

FORMATS = ("jsonl", "csv")


def fill(parser: CommandParser) -> None:
    parser.epilog = (
        "Each line of the input is one item: a JSON object of keyword arguments, an array of\n"
        'positional ones, or {"id": ..., "args": [...], "kwargs": {...}}. In CSV the first line\n'
        "names the parameters. Each item that ends becomes one JSON line of the output at once,\n"
        "so a batch that was interrupted, or killed, goes on with --resume.\n"
        "An agent of a project that nobody serves is served for the batch.\n"
        "Ctrl+C lets running calls end; a second Ctrl+C leaves them.\n\n" + EXIT_CODES
    )
    parser.add_argument("tag", metavar="TAG", help="tag of the entrypoint")
    parser.add_argument(
        "--input", required=True, metavar="FILE|-", help="JSONL or CSV file (- is standard input)"
    )
    parser.add_argument(
        "--input-format",
        type=one_of(FORMATS),
        metavar="FORMAT",
        help="jsonl or csv; default: by the file's name, jsonl for standard input",
    )
    parser.add_argument(
        "--output", required=True, type=Path, metavar="FILE", help="JSONL file of the results"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on with the batch whose results are in --output"
    )
    parser.add_argument(
        "--concurrency",
        type=at_least(1),
        default=4,
        metavar="N",
        help="calls at the same time, if the agent can take them; default: 4",
    )
    parser.add_argument(
        "--ordered",
        action="store_true",
        help="put the finished output in the order of the input (otherwise: as they ended)",
    )
    add_target(parser)
    add_serving(parser)
    add_request(parser)
    _add_calling(parser)
    _add_reports(parser)


def _add_calling(parser: CommandParser) -> None:
    parser.add_argument(
        "--timeout", type=seconds, metavar="S", help="give up on an item after so many seconds"
    )
    parser.add_argument(
        "--retries",
        type=at_least(0),
        default=2,
        metavar="N",
        help="with --repeat-unsafe: how often the call of an item is repeated; default: 2."
        " Calls that certainly have not run are repeated while the agent can be waited for",
    )
    parser.add_argument(
        "--repeat-unsafe",
        action="store_true",
        help="repeat calls that may have run as well; with --resume also those of unknown outcome",
    )
    parser.add_argument(
        "--give-up-after",
        type=seconds,
        default=120.0,
        metavar="S",
        help="wait so long for an agent that is gone; default: 120",
    )
    parser.add_argument(
        "--deduplicate", action="store_true", help="call the function once for identical inputs"
    )
    parser.add_argument(
        "--send-anyway",
        action="store_true",
        help="call the function even with inputs that certainly do not fit it",
    )


def _add_reports(parser: CommandParser) -> None:
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report as JSON")
    parser.add_argument(
        "--metrics", type=Path, metavar="FILE", help="write counters as text for Prometheus"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
