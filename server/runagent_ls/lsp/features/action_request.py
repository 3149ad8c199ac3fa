"""What a client asks for when it asks for code actions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.rules.finding import Finding
from runagent_ls.text.position import Position

QUICK_FIX: Final = "quickfix"
FIX_ALL: Final = "source.fixAll.runagent"


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """One request: where, which kinds (None meaning all), and the findings that are there now."""

    path: FilePath
    start: Position
    only: list[str] | None
    touched: tuple[Finding, ...]

    def wants(self, kind: str) -> bool:
        """Whether actions of this kind are asked for."""
        return is_wanted(kind, self.only)


def is_wanted(kind: str, only: list[str] | None) -> bool:
    """Whether a client that asks for the kinds `only` is to get this one."""
    return only is None or any(not it or kind == it or kind.startswith(f"{it}.") for it in only)
