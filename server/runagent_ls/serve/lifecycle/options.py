"""How an agent is to be served, as values and as arguments of `runagent-ls serve`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from runagent_ls.agents.targets.address import LOCAL_HOST
from runagent_ls.serve.plan import DebugPlan, Limits

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """`path` is the agent's folder or its configuration, absolute. `port` None takes a free one.

    `allow_origins` and `allow_hosts` are more pages and names that may call the server.
    `wait`: an agent that does not start is waited for, until its files have changed; not for
    those who control the server, so it is no argument.
    """

    path: Path
    host: str = LOCAL_HOST
    port: int | None = None
    reload: bool = False
    interpreter: Path | None = None
    register: bool = False
    limits: Limits = field(default_factory=Limits)
    allow_origins: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    debug: DebugPlan | None = None
    wait: bool = False

    def to_arguments(self) -> list[str]:
        """What `runagent-ls` is called with, without `--control`."""
        words = ["serve", str(self.path), "--host", self.host]
        words += [] if self.port is None else ["--port", str(self.port)]
        words += ["--reload"] if self.reload else []
        words += ["--register"] if self.register else []
        words += [] if self.interpreter is None else ["--interpreter", str(self.interpreter)]
        for origin in self.allow_origins:
            words += ["--allow-origin", origin]
        for host in self.allow_hosts:
            words += ["--allow-host", host]
        return words + self._of_limits() + self._of_debug()

    def _of_limits(self) -> list[str]:
        limits, usual = self.limits, Limits()
        words = [] if limits.run_s is None else ["--timeout", f"{limits.run_s:g}"]
        if limits.at_once != usual.at_once:
            words += ["--at-once", str(limits.at_once)]
        words += [] if limits.cpu_s is None else ["--cpu", str(limits.cpu_s)]
        if limits.memory_bytes is not None:
            words += ["--memory", str(max(1, limits.memory_bytes // MEGABYTE))]
        return words

    def _of_debug(self) -> list[str]:
        if self.debug is None:
            return []
        words = ["--debug", str(self.debug.port)]
        return (
            words if self.debug.debugpy is None else [*words, "--debugpy", str(self.debug.debugpy)]
        )
