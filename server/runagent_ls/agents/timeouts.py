"""How long a call may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds; None means no limit.

    `connect` until the agent has accepted the connection, `idle` without a byte from it (for a
    plain call: until its answer), `total` for the whole call.
    """

    connect: float | None = 10.0
    idle: float | None = 300.0
    total: float | None = None
