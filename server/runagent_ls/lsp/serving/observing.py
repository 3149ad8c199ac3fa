"""What running an agent shows is said in its files, and taken back when it is shown otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from runagent_ls.lsp.serving.served import Served
from runagent_ls.lsp.session import Session
from runagent_ls.serve.state import State

if TYPE_CHECKING:  # loaded with the first start
    from runagent_ls.serve.verification import Verification

_SETTLED: Final[frozenset[State]] = frozenset({"ready", "stale", "failed", "stopped"})
"""Between two of these what was known goes on to hold."""


class Observing:
    """Keeps, for each agent, what its own Python said last."""

    def __init__(self, session: Session, on_change: Callable[[], None]) -> None:
        self._session = session
        self._on_change = on_change
        self._taken: dict[FilePath, object] = {}

    def served(self, served: Served) -> None:
        """An agent's server has told how it is."""
        status = served.status
        facts = (status.state, status.failure, status.entrypoints)
        if status.state not in _SETTLED:
            self._taken.pop(served.config, None)  # what comes next is news, even if it is the same
            return
        if not served.own or self._taken.get(served.config) == facts:
            return
        self._taken[served.config] = facts
        if status.state == "stopped":
            self._take(served.config, None)
            return
        from runagent_ls.serve.verification import Verification

        python = served.interpreter or FilePath()
        seen = Verification(python, status.entrypoints, status.failure, status.python)
        self._take(served.config, seen, served.broken_environments)

    def verified(
        self, config: FilePath, verification: Verification, broken: tuple[FilePath, ...]
    ) -> None:
        """An agent was imported to see what it is; `broken` environments were passed over."""
        self._take(config, verification, broken)

    def _take(
        self, config: FilePath, seen: Verification | None, broken: tuple[FilePath, ...] = ()
    ) -> None:
        workspace = self._session.workspace
        observation = None
        if seen is not None:
            from runagent_ls.serve.verification import observation_of

            workspace.disk_changed([config])  # what was imported is what is on the disk
            told = observation_of(workspace.project(config), seen)
            observation = replace(told, broken_environments=broken)
        if workspace.observe(config, observation):
            self._on_change()
