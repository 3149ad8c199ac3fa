"""Options of `rule`."""

from __future__ import annotations

from runagent_ls.cli.arguments import CommandParser


def fill(parser: CommandParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "code", nargs="?", metavar="CODE", help="code or slug of the rule, or list for an overview"
    )
    which.add_argument("--all", action="store_true", help="print the documentation of every rule")
