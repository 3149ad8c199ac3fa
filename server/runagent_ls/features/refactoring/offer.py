"""What a refactoring offers at one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runagent_ls.features.changes import Change

QUICK_FIX: Final = "quickfix"
EXTRACT_ENV: Final = "refactor.extract.runagent.env"
REWRITE_EXPOSE: Final = "refactor.rewrite.runagent.expose"
REWRITE_SPLIT: Final = "refactor.rewrite.runagent.split"
REWRITE_MIGRATE: Final = "refactor.rewrite.runagent.migrate"
REWRITE_AGENT_ID: Final = "refactor.rewrite.runagent.agentId"
KINDS: Final = (
    QUICK_FIX,
    EXTRACT_ENV,
    REWRITE_EXPOSE,
    REWRITE_SPLIT,
    REWRITE_MIGRATE,
    REWRITE_AGENT_ID,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One action: its title, its kind in LSP's terms, and all that it does.

    `removes` are the slugs of the rules whose findings at the place are gone afterwards: there it
    is offered as their quick fix.
    """

    title: str
    kind: str
    change: Change
    removes: frozenset[str] = frozenset()
