"""Options of `serve`."""

from __future__ import annotations

from pathlib import Path

from runagent_ls.cli.arguments import EXIT_CODES, CommandParser
from runagent_ls.cli.options.values import at_least, port, seconds


def fill(parser: CommandParser) -> None:
    parser.epilog = (
        "The agent answers as under `runagent serve`, for this machine alone unless --host says\n"
        "otherwise. Ctrl+C lets running calls end; a second Ctrl+C ends them.\n\n" + EXIT_CODES
    )
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder of the agent, or its configuration file; default: the current folder",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="H", help="address to serve at; default: 127.0.0.1"
    )
    parser.add_argument(
        "--port", type=port, metavar="N", help="wanted port; default: a free one from 8450 up"
    )
    parser.add_argument(
        "--reload", action="store_true", help="load the agent again when its files change"
    )
    parser.add_argument(
        "--interpreter",
        type=Path,
        metavar="PATH",
        help="Python that runs the agent, or the folder of its environment; default: .venv or venv"
        " of the project, else the activated one, else that of PATH",
    )
    parser.add_argument(
        "--register",
        action="store_true",
        help="enter the agent in the local registry, so that `runagent` finds it by its id",
    )
    _add_limits(parser)
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        dest="allow_origins",
        metavar="ORIGIN",
        help="let pages of this origin call, for example https://example.com; may be repeated",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        dest="allow_hosts",
        metavar="NAME",
        help="a further name that this machine is called by; may be repeated",
    )
    parser.add_argument(
        "--debug",
        nargs="?",
        type=_debug_port,
        const=0,
        metavar="PORT",
        help="run the agent under debugpy and wait for a debugger; default: a free port",
    )
    parser.add_argument(
        "--debugpy", type=Path, metavar="DIR", help="folder that holds debugpy; with --debug"
    )
    parser.add_argument("--json", action="store_true", help="print events as JSON lines")
    parser.add_argument(
        "--control",
        action="store_true",
        help="for programs: events as JSON lines on standard output, orders on standard input,"
        " whose end ends the server",
    )


def _add_limits(parser: CommandParser) -> None:
    parser.add_argument(
        "--timeout", type=seconds, metavar="S", help="end a run after so many seconds"
    )
    parser.add_argument(
        "--at-once",
        type=at_least(1),
        metavar="N",
        help="let so many runs go on at the same time; further ones wait",
    )
    parser.add_argument(
        "--memory",
        type=at_least(1),
        metavar="MB",
        help="end the agent's process when it takes more memory, and start it anew",
    )
    parser.add_argument(
        "--cpu",
        type=at_least(1),
        metavar="S",
        help="end the agent's process when it has computed for so many seconds, and start it anew",
    )


def _debug_port(text: str) -> int:
    return 0 if text == "0" else port(text)
