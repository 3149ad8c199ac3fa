"""Which server a call goes to: an address that is given, or the one in the local registry."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import quote

from runagent_ls.agents.address import LOCAL_HOST, address_of, is_host, is_loopback, reachable
from runagent_ls.agents.answers import Health
from runagent_ls.agents.errors import (
    AgentAddressNotFoundError,
    AgentError,
    AgentNotFoundLocalError,
    ConnectionFailedError,
)
from runagent_ls.agents.registry import Registry
from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.agents.values import JsonValue

Source: TypeAlias = Literal["explicit", "setting", "registry"]
"""Who named the address."""


@dataclass(frozen=True, slots=True)
class Target:
    """One agent at one address."""

    host: str
    port: int
    agent_id: str
    source: Source

    @property
    def leaves_machine(self) -> bool:
        """True unless the host is certainly this machine."""
        return not is_loopback(self.host)

    @property
    def address(self) -> str:
        return address_of(self.host, self.port)

    @property
    def base_url(self) -> str:
        return f"http://{self.address}/api/v1"

    @property
    def agent_path(self) -> str:
        return f"/agents/{quote(self.agent_id, safe='')}"

    @property
    def stream_url(self) -> str:
        return f"ws://{self.address}/api/v1{self.agent_path}/run-stream"

    def to_message(self) -> dict[str, JsonValue]:
        """`Target` of schemas/protocol.schema.json."""
        return {
            "host": self.host,
            "port": self.port,
            "agentId": self.agent_id,
            "source": self.source,
            "leavesMachine": self.leaves_machine,
        }


async def resolve(
    agent_id: str | None,
    host: str | None = None,
    port: int | None = None,
    registry: Registry | None = None,
    *,
    source: Source = "explicit",
    timeouts: Timeouts | None = None,
) -> Target:
    """The server to call, after asking it which agent it serves.

    With `port` (and `host`, else this machine) that address is used; `agent_id` None accepts
    whatever agent is there. Without, the registry is asked for `agent_id`. `source` is what the
    target says of a given address.

    Raises AgentAddressNotFoundError when no address is known, AgentNotFoundLocalError when nobody
    or another agent is there, ConnectionFailedError or RequestRefusedError when it is no RunAgent
    server, RegistryError.
    """
    limits = timeouts or Timeouts()
    if port is not None:
        return await _at_address(reachable(host or LOCAL_HOST), port, agent_id, source, limits)
    if host is not None:
        raise AgentAddressNotFoundError(
            f"The host {host} was given without a port.",
            suggestion="Give the port as well; `runagent serve` prints it as its Address.",
            action="change-target",
        )
    if not agent_id:
        raise AgentAddressNotFoundError(
            "Neither an agent id nor an address is known, so there is nothing to look for.",
            suggestion="Put an `agent_id` into the configuration, or give a host and a port.",
            action="change-target",
        )
    return await _registered(agent_id, registry or Registry.of_environment(), limits)


async def _at_address(
    host: str, port: int, agent_id: str | None, source: Source, timeouts: Timeouts
) -> Target:
    try:
        health = await _health(host, port, timeouts)
    except ConnectionFailedError as error:
        raise ConnectionFailedError(
            error.message,
            suggestion="Check the address, or serve the agent there: "
            f"`runagent serve --port {port}`.",
            action="change-target",
            details=error.details,
        ) from error
    if agent_id and health.agent_id != agent_id:
        raise _other_agent(agent_id, health, address_of(host, port))
    return Target(host, port, health.agent_id, source)


async def _registered(agent_id: str, registry: Registry, timeouts: Timeouts) -> Target:
    # SQLite waits for other writers, so it must not run on the event loop
    row = await asyncio.to_thread(registry.find, agent_id)
    if row is None:
        known = "it is not there" if registry.path.exists() else "that file does not exist"
        raise AgentAddressNotFoundError(
            f"The agent {agent_id} was looked for in the local registry {registry.path}: {known}.",
            details={"registry": str(registry.path)},
        )
    if not row.was_served:
        raise AgentAddressNotFoundError(
            f"The agent {agent_id} is registered in {registry.path}, but was never served.",
            details={"registry": str(registry.path), "status": row.status},
        )
    host, address = reachable(row.host), address_of(reachable(row.host), row.port)
    try:
        health = await _health(host, row.port, timeouts)
    except AgentError as error:
        raise AgentNotFoundLocalError(
            f"The agent {agent_id} was last served at {address}, but does not run there any more.",
            details={"reason": error.message, "registry": str(registry.path)},
        ) from error
    if health.agent_id != agent_id:
        raise _other_agent(agent_id, health, address)
    return Target(host, row.port, agent_id, "registry")


def _other_agent(agent_id: str, health: Health, address: str) -> AgentNotFoundLocalError:
    name = f" ({health.agent_name})" if health.agent_name else ""
    return AgentNotFoundLocalError(
        f"At {address} another agent is served: {health.agent_id}{name}, not {agent_id}.",
        details={"address": address, "served": health.agent_id, "wanted": agent_id},
    )


async def _health(host: str, port: int, timeouts: Timeouts) -> Health:
    from runagent_ls.agents.rest import RestClient

    if not 0 < port < 65536:
        raise ConnectionFailedError(
            f"{port} is not a port: ports go from 1 to 65535.", action="change-target"
        )
    if not is_host(host):
        raise ConnectionFailedError(
            f"{host!r} is not the name or number of a host.",
            suggestion="Give the host alone, without scheme, port or path.",
            action="change-target",
        )
    async with RestClient(host, port, timeouts) as rest:
        return await rest.health()
