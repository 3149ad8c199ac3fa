"""All rules there are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from runagent_ls.rules.rule import Rule

FAMILIES: Final = ("text", "fields", "entrypoints", "functions", "environment", "own")
"""Folders of rule modules, in the order of their codes: RA0xx to RA4xx, and RA9xx."""


@cache
def all_rules() -> Sequence[Rule]:
    """Every rule, sorted by code."""
    rules = [rule for family in FAMILIES for rule in _rules_in(family)]
    return tuple(sorted(rules, key=lambda rule: rule.code))


def rule(code_or_slug: str) -> Rule | None:
    """The rule with this code (in any case) or slug."""
    return _by_name().get(code_or_slug.strip().casefold())


@cache
def _by_name() -> dict[str, Rule]:
    named = {rule.code.casefold(): rule for rule in all_rules()}
    return named | {rule.slug: rule for rule in all_rules()}


def _rules_in(family: str) -> list[Rule]:
    package = import_module(f"runagent_ls.rules.{family}")
    names = (f"{package.__name__}.{it.name}" for it in iter_modules(package.__path__))
    found = (getattr(import_module(name), "RULE", None) for name in names)
    return [rule for rule in found if isinstance(rule, Rule)]
