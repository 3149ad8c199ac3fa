"""Where others find the server: the record in our state folder and, if asked for, the registry."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from runagent_ls.agents.targets import own_servers
from runagent_ls.agents.targets.own_servers import OwnServer, ServerToken
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.serve.plan import AgentPlan

if TYPE_CHECKING:
    from runagent_ls.serve.lifecycle.registry.registration import Registration


class Publication:
    """Blocks for the disk. `publish` may be called again for a plan that has changed."""

    def __init__(self, host: str, port: int, token: ServerToken, registry: Registry | None) -> None:
        """`registry` None: the platform's tools are not told."""
        self._host = host
        self._port = port
        self._token = token
        self._registry = registry
        self._agent_id: str | None = None
        self._registration: Registration | None = None

    @property
    def agent_id(self) -> str | None:
        """What the agent is known as; None while nobody is told."""
        return self._agent_id

    @property
    def registered(self) -> bool:
        return self._registration is not None

    def publish(self, plan: AgentPlan) -> None:
        """Raises StartFailedError when the registry cannot be written."""
        if plan.agent_id == self._agent_id:
            return
        self.withdraw()
        if self._registry is not None:
            from runagent_ls.serve.lifecycle.registry.registration import register

            self._registration = register(plan, self._host, self._port, self._registry)
        self._agent_id = plan.agent_id
        # without a record the agent is found at its address and in the registry only
        with contextlib.suppress(OSError):
            own_servers.announce(
                OwnServer(
                    plan.agent_id,
                    plan.config_path,
                    self._host,
                    self._port,
                    os.getpid(),
                    self._token,
                    time.time(),
                    plan.interpreter,
                )
            )

    def withdraw(self) -> None:
        """Never raises; safe to call again."""
        self._agent_id = None
        own_servers.withdraw(os.getpid())
        if self._registration is not None:
            self._registration.withdraw()
            self._registration = None
