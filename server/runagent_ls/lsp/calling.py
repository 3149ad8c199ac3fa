"""How agents are called on behalf of the client: which one, where, with what key and limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from runagent_ls.lsp.messages.runs import Options, Place
from runagent_ls.lsp.messages.serving import StartOptions
from runagent_ls.lsp.serving.servers import Servers, ShowStep
from runagent_ls.lsp.session import Session

if TYPE_CHECKING:  # the agents' side is loaded when something is run first
    from agent_runtime.orchestrator import BackpressureGuard, Metrics
    from runagent_ls.agents.policy import CallPolicy
    from runagent_ls.agents.targets.credentials import ApiKey, Cloud
    from runagent_ls.agents.targets.target import Target
    from runagent_ls.agents.timeouts import Timeouts

AT_ONCE: Final = 64
"""Runs that go on at the same time; more wait for their turn."""
WITH_WAITING: Final = 256
"""Runs that go on or wait; more are refused."""
_NOBODY: Final = frozenset({"AGENT_ADDRESS_NOT_FOUND", "AGENT_NOT_FOUND_LOCAL", "DATABASE_ERROR"})
"""What it is called when nobody is known to answer for an agent."""


class Calling:
    """What all calls of one client share. The key that the client handed over is kept here alone,
    in memory."""

    def __init__(self, session: Session, servers: Servers) -> None:
        self._session = session
        self._servers = servers
        self._key: ApiKey | None = None
        self._metrics: Metrics | None = None
        self._guard: BackpressureGuard | None = None
        self.names = servers.names

    def use_key(self, text: str | None) -> None:
        """Call the cloud with this key from now on; None: with the one that the platform knows.

        Raises AuthenticationError, and forgets the old one, for a text that is no key.
        """
        from runagent_ls.agents.targets.credentials import ApiKey

        self._key = None
        self._key = None if text is None else ApiKey(text)

    @property
    def metrics(self) -> Metrics:
        if self._metrics is None:
            from agent_runtime.orchestrator import Metrics

            self._metrics = Metrics()
        return self._metrics

    def policy(self, options: Options) -> CallPolicy:
        """Retries as asked for; every call is counted, and too many at once wait."""
        from agent_runtime.orchestrator import BackpressureGuard, RetryPolicy
        from runagent_ls.agents.policy import CallPolicy

        if self._guard is None:
            self._guard = BackpressureGuard(AT_ONCE, WITH_WAITING)
        return CallPolicy(
            retry=RetryPolicy(attempts=options.retries + 1) if options.retries else None,
            guard=self._guard,
            metrics=self.metrics,
            repeat_unsafe=options.repeat_unsafe,
        )

    def timeouts(self, place: Place, options: Options) -> Timeouts:
        return options.limits(self._session.settings_for(place.config_path).timeouts)

    def agent_id(self, place: Place) -> str | None:
        """The id that was given, else the configuration's."""
        if place.agent_id is not None or place.config_path is None:
            return place.agent_id
        return self._session.workspace.project(place.config_path).agent_id

    def resolver(self, place: Place, timeouts: Timeouts) -> Callable[[], Awaitable[Target]]:
        """What finds the agent. The cloud only when `place` says so."""

        async def resolve_target() -> Target:
            from runagent_ls.agents.targets import resolving

            await self._session.settings_read()
            settings = self._session.settings_for(place.config_path)
            agent_id = self.agent_id(place)
            if place.cloud:
                return resolving.resolve_cloud(agent_id, await self.cloud(settings.cloud_base_url))
            if place.port is not None or place.host is not None:
                return await resolving.resolve(agent_id, place.host, place.port, timeouts=timeouts)
            if settings.port is not None:
                return await resolving.resolve(
                    agent_id, settings.host, settings.port, source="setting", timeouts=timeouts
                )
            config = place.config_path
            if config is None or place.agent_id is not None:
                return await resolving.resolve(agent_id, timeouts=timeouts)
            own = self._servers.answering(config)
            if own is not None and (found := own.target()) is not None:
                return found
            return await resolving.resolve(agent_id, timeouts=timeouts, config_path=config)

        return resolve_target

    async def serve_first(
        self, place: Place, timeouts: Timeouts, serve: StartOptions | None, show_step: ShowStep
    ) -> None:
        """With `serve`, have the agent served unless an address is given or somebody answers for
        it. The time that takes counts for no limit of a run. Raises `NotServedError`."""
        from runagent_ls.agents.errors import AgentError

        config = place.config_path
        if serve is None or config is None or place.cloud or place.agent_id is not None:
            return
        await self._session.settings_read()
        ports = (place.port, place.host, self._session.settings_for(config).port)
        if any(given is not None for given in ports):
            return
        if serve.debug is None and not self._servers.is_broken(config):
            try:
                await self.resolver(place, timeouts)()
                return
            except AgentError as error:
                if error.code not in _NOBODY:
                    return  # the run itself will say it
        served = await self._servers.start(config, serve, show_step)
        if served.target() is None:
            from runagent_ls.lsp.serving.not_served import NotServedError

            raise NotServedError(served)

    async def cloud(self, base_url: str | None) -> Cloud:
        """Where runs in the cloud go, and with which key. Raises AgentError for what is none."""
        from runagent_ls.agents.targets.credentials import cloud_of_environment

        key = None if self._key is None else self._key.reveal()
        return await asyncio.to_thread(cloud_of_environment, key, base_url)

    def given_keys(self) -> tuple[str, ...]:
        """The key that only we know, to be kept out of what is written."""
        return () if self._key is None else (self._key.reveal(),)
