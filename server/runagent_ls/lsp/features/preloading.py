"""Features are imported in a quiet moment after the start: neither that nor the first question of
each sort has to wait for them."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Final

_QUIET_SECONDS: Final = 1.0

FEATURES: Final = tuple(
    f"runagent_ls.{name}"
    for name in (
        "features.completion.configuration",
        "features.hover.configuration",
        "features.hover.code",
        "features.hover.activity",
        "features.markup.rendering",
        "features.refactoring.offers",
        "features.completion_in_clients",
        "features.navigation.definition",
        "features.navigation.references",
        "features.navigation.highlight",
        "features.rename.renaming",
        "features.rename.files",
        "features.symbols.outline",
        "features.symbols.search",
        "features.links",
        "features.linked_editing",
        "features.inlay_hints",
        "features.fix_all",
        "lsp.slices",
    )
)
"""What the handlers of this folder import when they are asked first, the most urgent ones first."""


async def preload(quiet_seconds: float = _QUIET_SECONDS) -> None:
    """Import all of it, letting messages through in between."""
    await asyncio.sleep(quiet_seconds)
    for name in FEATURES:
        import_module(name)
        await asyncio.sleep(0)
