"""What differs from time to time by chance alone is no difference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from conformance.asking import Reply
from conformance.comparing import comparable


@dataclass(frozen=True)
class Asked:
    """A server that is never asked."""

    host: str = "127.0.0.1"
    port: int = 8450
    agent_id: str = "an-agent"
    project_dir: Path = Path("/an/agent")


def test_a_moment_may_be_a_whole_second() -> None:
    moments = ("2026-01-15T09:00:00.000001", "2026-01-15T09:00:00")
    one, other = (comparable(Reply(200, {}, {"timestamp": it}), Asked()) for it in moments)
    assert one == other
