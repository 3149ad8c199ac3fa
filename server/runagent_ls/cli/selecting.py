"""Which rules speak, from `--select`, `--ignore` and `--severity`."""

from __future__ import annotations

from collections.abc import Iterable

from runagent_ls.cli.exit_codes import CommandError
from runagent_ls.cli.options.values import did_you_mean
from runagent_ls.rules.registry import all_rules
from runagent_ls.rules.selection import Level, Selection


def selection_of(
    select: Iterable[list[str]],
    ignore: Iterable[list[str]],
    severities: Iterable[tuple[str, Level]],
) -> Selection:
    """The selection; `CommandError` when a name fits no rule."""
    selection = Selection(
        select=tuple(name for names in select for name in names),
        ignore=tuple(name for names in ignore for name in names),
        severities=dict(severities),
    )
    for name in selection.unknown_names():
        raise no_such_rule(name)
    return selection


def no_such_rule(name: str) -> CommandError:
    """What to say to a code or slug that no rule has."""
    known = [text for rule in all_rules() for text in (rule.code, rule.slug)]
    return CommandError(
        f"There is no rule {name!r}.{did_you_mean(name, known)}",
        "`runagent-ls rule list` shows all rules.",
    )
