"""`runagent-ls rule`: what a rule finds, why, and what to write instead."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Final

from runagent_ls.cli.exit_codes import ExitCode
from runagent_ls.cli.selecting import no_such_rule
from runagent_ls.rules.registry import all_rules, rule
from runagent_ls.rules.rule import Rule

_OVERVIEW: Final = "list"


def print_rule(options: Namespace) -> int:
    """Print one rule, all of them, or an overview."""
    if options.all:
        sys.stdout.write("\n".join(_document(each) for each in all_rules()))
    elif options.code == _OVERVIEW:
        sys.stdout.write(_overview())
    else:
        found = rule(options.code)
        if found is None:
            raise no_such_rule(options.code)
        sys.stdout.write(_document(found))
    return ExitCode.OK


def _overview() -> str:
    rows = [(each.code, each.severity, each.slug, each.title) for each in all_rules()]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    return "".join(
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]])
        + "\n"
        for row in rows
    )


def _document(each: Rule) -> str:
    fix = ", has a fix" if each.fixable else ""
    return f"{each.code} {each.slug} ({each.severity}{fix})\n\n{each.documentation.strip()}\n"
