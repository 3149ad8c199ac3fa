"""The evidence that an entrypoint runs one call at a time, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runagent_ls.agents.values import JsonValue

BLOCKED_HEALTH_MS: Final = 30.0
BLOCKED_RATIO: Final = 10.0
"""A health check that takes so long, and so many times as long as before, was kept waiting."""
HEALTH_CHECKS: Final = 3
"""Fewer checks prove nothing."""


@dataclass(frozen=True, slots=True)
class OneAtATime:
    """What was measured, with `concurrency` calls at once and with one after another.

    Times in milliseconds: per item, and for the answer to a health check, None without any: the
    quickest while nothing ran, and the median while calls did.
    """

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
        if idle is None or busy is None or self.health_checks < HEALTH_CHECKS:
            return False
        limit = max(BLOCKED_HEALTH_MS, BLOCKED_RATIO * idle)
        return busy >= limit and busy >= self.alone_ms / 4

    def sentence(self) -> str:
        """For people."""
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
