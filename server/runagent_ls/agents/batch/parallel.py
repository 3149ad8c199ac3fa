"""What was measured about calls at the same time, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from runagent_ls.agents.values import JsonValue

BLOCKED_HEALTH_MS: Final = 100.0
BLOCKED_RATIO: Final = 10.0
"""A health check that takes so long, and so many times as long as before, was kept waiting."""
HEALTH_CHECKS: Final = 3
"""Fewer checks prove nothing."""

Verdict: TypeAlias = Literal["helps", "one-at-a-time", "unclear"]


@dataclass(frozen=True, slots=True)
class Parallelism:
    """What was measured. Times in milliseconds: per item, and for an answer to a health check.

    `unclear` is said of calls that differ too much, or are too short, to tell.
    """

    verdict: Verdict
    concurrency: int
    together_ms: float
    together_items: int
    alone_ms: float
    alone_items: int
    health_idle_ms: float | None
    health_busy_ms: float | None
    health_checks: int

    @property
    def blocks_server(self) -> bool:
        """Whether the server, while calls ran one at a time, kept health checks waiting as well."""
        idle, busy = self.health_idle_ms, self.health_busy_ms
        if self.verdict != "one-at-a-time" or idle is None or busy is None:
            return False
        if self.health_checks < HEALTH_CHECKS:
            return False
        limit = max(BLOCKED_HEALTH_MS, BLOCKED_RATIO * idle)
        return busy >= limit and busy >= self.alone_ms / 4

    def sentence(self) -> str | None:
        """For people; None when there is nothing to say."""
        if self.verdict != "one-at-a-time":
            return None
        said = (
            "This entrypoint runs one at a time; --concurrency above 1 does not help:"
            f" {self.together_ms:.0f} ms per item with {self.concurrency} calls at once"
            f" ({self.together_items} items), {self.alone_ms:.0f} ms one after another"
            f" ({self.alone_items} items)."
        )
        if self.blocks_server:
            said += (
                f" It keeps the whole server waiting: a health check took"
                f" {self.health_busy_ms:.0f} ms meanwhile, {self.health_idle_ms:.0f} ms before."
            )
        return said

    def to_message(self) -> dict[str, JsonValue]:
        """Part of `BatchReport`."""

        def rounded(value: float | None) -> float | None:
            return None if value is None else round(value, 3)

        return {
            "verdict": self.verdict,
            "blocksServer": self.blocks_server,
            "concurrency": self.concurrency,
            "togetherMsPerItem": round(self.together_ms, 3),
            "togetherItems": self.together_items,
            "aloneMsPerItem": round(self.alone_ms, 3),
            "aloneItems": self.alone_items,
            "healthIdleMs": rounded(self.health_idle_ms),
            "healthBusyMs": rounded(self.health_busy_ms),
            "healthChecks": self.health_checks,
        }
