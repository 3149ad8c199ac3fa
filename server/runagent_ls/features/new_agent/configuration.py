"""The text of a new agent's configuration."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from runagent_ls.jsontree.document import JsonValue


@dataclass(frozen=True, slots=True)
class Birth:
    """What no two agents share."""

    agent_id: UUID = field(default_factory=uuid4)
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class EntrypointFields:
    """One entrypoint; `file` is relative to the agent's folder, with slashes."""

    file: str
    module: str
    tag: str


def configuration(
    name: str,
    description: str,
    framework: str,
    entrypoints: Sequence[EntrypointFields],
    birth: Birth,
) -> str:
    """JSON that RunAgent loads, ending in a newline.

    Beyond ASCII it has escapes only, because RunAgent reads it in the encoding of the system.
    """
    listed: list[JsonValue] = [
        {"file": it.file, "module": it.module, "tag": it.tag} for it in entrypoints
    ]
    value: dict[str, JsonValue] = {
        "agent_name": name,
        "description": description,
        "framework": framework,
        "template": "",
        "version": "1.0.0",
        "created_at": birth.moment.strftime("%Y-%m-%dT%H:%M:%S"),
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_architecture": {"entrypoints": listed},
        "env_vars": {},
        "agent_id": str(birth.agent_id),
    }
    return json.dumps(value, indent=2) + "\n"
