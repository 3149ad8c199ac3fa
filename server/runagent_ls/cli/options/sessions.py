"""Options of `sessions`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from runagent_ls.cli.arguments import EXIT_CODES, CommandParser
from runagent_ls.cli.options.values import one_of

_STORES: Final = ("file", "sqlite")
_SESSION: Final = "id of a session, or a beginning of it that no other session has"


def fill(parser: CommandParser) -> None:
    parser.epilog = (
        "Agents written with the agent runtime keep their sessions in their own folder:\n"
        ".runagent/runtime/ of a FileStore, .runagent/runtime.sqlite of a SqliteStore.\n\n"
        + EXIT_CODES
    )
    action = parser.add_action
    listing = action("list", "list sessions, the one that was worked on last first")
    listing.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="the same as --project PATH"
    )
    listing.add_argument("--agent", metavar="NAME", help="sessions of the agent of this name")
    listing.add_argument("--json", action="store_true", help="print JSON")
    show = action("show", "print the steps of a session, and what it had in mind")
    show.add_argument("session", metavar="SESSION", help=_SESSION)
    show.add_argument("--step", type=_step, metavar="N", help="as it was after this step")
    show.add_argument("--json", action="store_true", help="print JSON")
    delete = action("delete", "remove sessions for good; what the agent remembers stays")
    delete.add_argument("sessions", nargs="+", metavar="SESSION", help=_SESSION)
    for each in (show, delete):
        each.add_argument(
            "--store",
            type=one_of(_STORES),
            metavar="STORE",
            help="file or sqlite, if both have a session of this id",
        )
    for each in (listing, show, delete):
        each.add_argument(
            "--project",
            action="append",
            default=[],
            type=Path,
            metavar="PATH",
            help="an agent's folder or configuration, or a folder with agents; default: the current"
            " folder",
        )


def _step(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no step: give a number from 0 on.")
