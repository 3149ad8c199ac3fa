"""Which agent is called and what is sent beside the inputs, for single runs and batches."""

from __future__ import annotations

from pathlib import Path

from runagent_ls.cli.arguments import CommandParser
from runagent_ls.cli.options.values import argument, port


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


def add_target(parser: CommandParser) -> None:
    """Which agent is called, and where."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--project", type=Path, metavar="DIR", help="folder of the agent; default: the current one"
    )
    which.add_argument("--agent-id", metavar="ID", help="id of the agent, without a project folder")
    add_address(parser)


def add_address(parser: CommandParser) -> None:
    """Where the agent is called."""
    parser.add_argument("--host", metavar="H", help="where the agent is served; with --port")
    parser.add_argument("--port", type=port, metavar="P", help="port of the agent; with --host")
    parser.add_argument(
        "--cloud",
        action="store_true",
        help="call the agent in the cloud: all inputs leave this machine. The key is the one that"
        " `runagent setup` has stored, else RUNAGENT_API_KEY",
    )


def add_serving(parser: CommandParser) -> None:
    """What happens when nobody serves the agent."""
    parser.add_argument(
        "--no-serve", action="store_true", help="fail when nobody serves the agent of the project"
    )
    parser.add_argument(
        "--interpreter",
        type=Path,
        metavar="PATH",
        help="Python that runs the agent when it is served for this call; default: as in `serve`",
    )
