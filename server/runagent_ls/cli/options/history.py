"""Options of `history`."""

from __future__ import annotations

import argparse
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Final, get_args

from runagent_ls.agents.history.records import StoredState
from runagent_ls.cli.arguments import EXIT_CODES, CommandParser
from runagent_ls.cli.options.values import add_output_format, one_of

_STATES: Final = get_args(StoredState)
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_RUN: Final = "id of a run, a beginning of it that no other run has, or last"


def fill(parser: CommandParser) -> None:
    parser.epilog = (
        "Runs are recorded in one file on this machine, secrets that can be\n"
        "recognised taken out. RUNAGENT_LS_HISTORY\n"
        "names another file, or is off.\n\n" + EXIT_CODES
    )
    action = parser.add_action
    _fill_list(action("list", "list runs, newest first"))
    _fill_show(action("show", "print one run with its inputs and output"))
    search = action("search", "find runs by words in inputs, outputs and errors")
    search.add_argument("words", nargs="+", metavar="WORD", help="a word, or how it begins")
    _filters(search)
    _json(search)
    _fill_export(action("export", "write runs as JSON Lines or Markdown"))
    delete = action("delete", "remove runs for good")
    delete.add_argument("runs", nargs="*", metavar="RUN", help=_RUN)
    _filters(delete)
    compare = action("compare", "show what differs between two runs")
    compare.add_argument("first", metavar="RUN", help=_RUN)
    compare.add_argument("second", metavar="RUN", help=_RUN)
    _json(compare)
    clear = action("clear", "remove every run for good")
    clear.add_argument("--yes", action="store_true", help="do not ask")
    for name, summary in (
        ("pin", "keep a run whatever its age and size"),
        ("unpin", "let a pinned run go with the others again"),
    ):
        action(name, summary).add_argument("run", metavar="RUN", help=_RUN)


def _fill_list(parser: argparse.ArgumentParser) -> None:
    _filters(parser)
    parser.add_argument("--limit", type=_count, default=20, metavar="N", help="default: 20")
    parser.add_argument("--before", metavar="PLACE", help="continue where a list ended")
    _json(parser)


def _fill_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="?", default="last", metavar="RUN", help=_RUN)
    parser.add_argument(
        "--after", type=int, default=-1, metavar="INDEX", help="begin after this chunk"
    )
    parser.add_argument("--limit", type=_count, metavar="N", help="print so many chunks at most")
    add_output_format(parser, "print the run as one JSON object, and a line for each chunk")


def _fill_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="*", metavar="RUN", help=_RUN)
    _filters(parser)
    parser.add_argument(
        "--format",
        type=one_of(("jsonl", "markdown")),
        default="jsonl",
        metavar="FORMAT",
        help="jsonl (lossless) or markdown; default: jsonl",
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write to a file; default: standard output"
    )


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", type=Path, metavar="DIR", help="runs of this project")
    parser.add_argument("--agent-id", metavar="ID", help="runs of this agent")
    parser.add_argument("--tag", metavar="TAG", help="runs of this entrypoint")
    parser.add_argument(
        "--state", type=one_of(_STATES), metavar="STATE", help=f"one of {', '.join(_STATES)}"
    )
    parser.add_argument(
        "--since", type=_moment, metavar="WHEN", help="begun since: 2026-01-31, 2h, 7d"
    )
    parser.add_argument("--until", type=_moment, metavar="WHEN", help="begun before")


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:9]) > 0:
        return int(text[:9])
    raise argparse.ArgumentTypeError(f"{text!r} is no number above 0.")


def _moment(text: str) -> float:
    """Seconds since 1970 of a date, a date with time, or so long ago."""
    ago = re.fullmatch(r"(\d{1,9})([smhdw])", text)
    if ago is not None:
        return time.time() - int(ago[1]) * _UNITS[ago[2]]
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time: give 2026-01-31, 2026-01-31T12:00, or 30m, 2h, 7d, 4w ago."
        ) from None
