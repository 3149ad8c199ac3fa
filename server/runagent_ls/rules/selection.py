"""Which rules speak, and how loud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from runagent_ls.rules.finding import Severity
from runagent_ls.rules.registry import rule as find_rule
from runagent_ls.rules.rule import Rule

Level: TypeAlias = Severity | Literal["off"]


@dataclass(frozen=True, slots=True)
class Selection:
    """`select` and `ignore` hold codes, beginnings of codes (`RA3`) or slugs; `severities` maps
    codes or slugs to a level.

    An empty `select` means all rules. The longer beginning wins over the shorter, `ignore` over
    `select` among equals, and `off` over everything.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Level] = field(default_factory=dict)

    def level(self, rule: Rule) -> Level | None:
        """`off`, the level to use instead of the rule's own, or None to leave it."""
        selected = _closeness(rule, self.select) if self.select else 0
        ignored = _closeness(rule, self.ignore)
        if selected < 0 or (ignored >= 0 and ignored >= selected):
            return "off"
        names = {rule.code.casefold(), rule.slug}
        levels = [level for name, level in self.severities.items() if name.casefold() in names]
        if "off" in levels:
            return "off"
        return levels[0] if levels else None

    def unknown_names(self) -> tuple[str, ...]:
        """Names that fit no rule, in the order given."""
        beginnings = [*self.select, *self.ignore]
        unknown = [name for name in beginnings if not _fits_any(name)]
        unknown += [name for name in self.severities if find_rule(name) is None]
        return tuple(dict.fromkeys(unknown))


def _closeness(rule: Rule, names: tuple[str, ...]) -> int:
    """Length of the longest name that covers `rule`, -1 when none does; a slug counts as a code."""
    found = -1
    for name in names:
        asked = name.strip().casefold()
        if asked == rule.slug:
            found = max(found, len(rule.code))
        elif asked and rule.code.casefold().startswith(asked):
            found = max(found, len(asked))
    return found


def _fits_any(name: str) -> bool:
    from runagent_ls.rules.registry import all_rules

    return any(_closeness(rule, (name,)) >= 0 for rule in all_rules())
