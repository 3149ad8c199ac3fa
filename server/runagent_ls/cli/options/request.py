"""Options about what is sent beside the inputs, the same for single runs and batches."""

from __future__ import annotations

from runagent_ls.cli.arguments import CommandParser
from runagent_ls.cli.options.values import argument


def add_request(parser: CommandParser) -> None:
    parser.add_argument("--user-id", metavar="ID", help="on whose behalf; for the cloud")
    parser.add_argument(
        "--persistent-memory",
        action="store_true",
        help="let the cloud keep what the agent remembers of this user",
    )
    parser.add_argument(
        "--extra",
        action="append",
        type=argument,
        default=[],
        metavar="NAME=JSON",
        help="a further field of the request, for servers that know it; may be repeated",
    )
