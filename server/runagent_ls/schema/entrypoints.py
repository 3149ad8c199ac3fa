"""Which kind of entrypoint somebody meant, by the keys that are there."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from runagent_ls.jsontree.document import JsonValue, Missing, Path

Kind: TypeAlias = Literal["python", "webhook"]

ENTRYPOINTS: Final[Path] = ("agent_architecture", "entrypoints")
"""Where a configuration lists them."""

_WEBHOOK_KEYS: Final = ("webhook_url", "method", "timeout")


def kind_of(entrypoint: JsonValue) -> Kind | None:
    """Kind of one entrypoint; None when it has keys of neither kind."""
    if not isinstance(entrypoint, dict):
        return None
    # Asked for every entrypoint at every edit: counted without making sets.
    python = ("file" in entrypoint) + ("module" in entrypoint)
    webhook = 0 if python == 2 else sum(key in entrypoint for key in _WEBHOOK_KEYS)
    if python == webhook == 0:
        return None
    # The real loader tries Python first, so with the keys of both kinds that is what it is.
    return "python" if python >= webhook else "webhook"


def kind_of_list(config: JsonValue | Missing) -> Kind:
    """Kind of the configuration's entrypoints: of most of them, else by its framework."""
    found: list[JsonValue] = []
    framework: JsonValue = None
    if isinstance(config, dict):
        framework = config.get("framework")
        architecture = config.get("agent_architecture")
        entrypoints = architecture.get("entrypoints") if isinstance(architecture, dict) else None
        found = entrypoints if isinstance(entrypoints, list) else []
    kinds = [kind for kind in map(kind_of, found) if kind is not None]
    if not kinds:
        return "webhook" if framework == "n8n" else "python"
    return "webhook" if 2 * kinds.count("webhook") > len(kinds) else "python"
