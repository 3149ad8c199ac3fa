"""Options of `new`."""

from __future__ import annotations

from pathlib import Path

from runagent_ls.cli.arguments import CommandParser
from runagent_ls.cli.options.values import one_of
from runagent_ls.features.new_agent.templates import DEFAULT, TEMPLATES


def fill(parser: CommandParser) -> None:
    rows = "\n".join(f"  {name:<13} {it.description}" for name, it in TEMPLATES.items())
    parser.epilog = (
        f"templates:\n{rows}\n\n"
        "Nothing that exists is overwritten and nothing is executed. With --from-code a folder\n"
        "that holds Python becomes an agent: a configuration is written that names its functions."
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the agent's folder, made if it is not there; default: the current folder",
    )
    parser.add_argument("--name", metavar="NAME", help="default: the folder's name")
    parser.add_argument(
        "--template",
        type=one_of(tuple(TEMPLATES)),
        metavar="NAME",
        help=f"one of {', '.join(TEMPLATES)}; default: {DEFAULT}",
    )
    parser.add_argument(
        "--from-code",
        action="store_true",
        help="make the folder an agent with the functions that its code has",
    )
    parser.add_argument(
        "--function",
        action="append",
        default=[],
        metavar="FILE:NAME",
        help="with --from-code: a function to offer, such as main.py:answer; may be repeated;"
        " default: those that look like it",
    )
    parser.add_argument(
        "--list",
        action="store_true",
        help="with --from-code: print what there is to offer, and write nothing",
    )
