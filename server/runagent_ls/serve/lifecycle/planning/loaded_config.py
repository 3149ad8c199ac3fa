"""A configuration as the platform's loader has it: unknown keys dropped, defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from runagent_ls.agents.values import JsonValue

_SOURCE: Final = ("repo_url", "author", "path")
_MILLISECONDS: Final = 2e10
"""an epoch above this is read as milliseconds"""
DEFAULT_TIMEOUT_S: Final = 30


def as_loaded(config: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What `GET /api/v1` shows of a configuration that loads: all of it but `env_vars`."""
    kept = ("agent_name", "description", "framework", "template", "version", "agent_id")
    return {
        **{key: config[key] for key in kept},
        "created_at": _created_at(config["created_at"]),
        "template_source": _only(config["template_source"], _SOURCE),
        "agent_architecture": {"entrypoints": [*entrypoints(config)]},
        "auth_settings": config.get("auth_settings", {"type": "none"}),
        "persistent_folders": config.get("persistent_folders", []),
    }


def entrypoints(config: Mapping[str, JsonValue]) -> list[dict[str, JsonValue]]:
    """The entrypoints with their defaults; as in the loader they are all of one kind."""
    architecture = config.get("agent_architecture")
    listed = architecture.get("entrypoints") if isinstance(architecture, dict) else None
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    if all({"file", "module", "tag"} <= each.keys() for each in found):
        return [
            {**_only(each, ("file", "module", "tag")), "extractor": each.get("extractor", {})}
            for each in found
        ]
    return [
        {
            **_only(each, ("webhook_url", "method", "tag")),
            "timeout": _seconds(each.get("timeout", DEFAULT_TIMEOUT_S)),
            "extractor": each.get("extractor", {}),
        }
        for each in found
    ]


def _only(value: JsonValue, keys: tuple[str, ...]) -> dict[str, JsonValue]:
    return {key: value[key] for key in keys} if isinstance(value, dict) else {}


def _seconds(value: JsonValue) -> int:
    return int(float(value)) if isinstance(value, str | int | float) else DEFAULT_TIMEOUT_S


def _created_at(value: JsonValue) -> str:
    """The moment in ISO form. Text that is none becomes now, as the loader has it."""
    if isinstance(value, int | float):
        seconds = value / 1000 if abs(value) > _MILLISECONDS else value
        moment = datetime.fromtimestamp(seconds, UTC)
    else:
        try:
            moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        except ValueError:
            moment = datetime.now()
    return moment.isoformat().replace("+00:00", "Z")
