"""Which server a call goes to: a given address, the one in the local registry, or the cloud."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runagent_ls.agents.errors import (
    AgentAddressNotFoundError,
    AgentError,
    AgentNotFoundLocalError,
    AuthenticationError,
    ConnectionFailedError,
    RegistryError,
)
from runagent_ls.agents.rest.client import RestClient
from runagent_ls.agents.targets import own_servers
from runagent_ls.agents.targets.address import LOCAL_HOST, address_of, is_host, reachable
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.agents.targets.target import USUAL_PORTS, Scheme, Source, Target
from runagent_ls.agents.timeouts import Timeouts

if TYPE_CHECKING:
    from pathlib import Path

    from runagent_ls.agents.rest.reports import Health
    from runagent_ls.agents.targets.credentials import Cloud


def resolve_cloud(agent_id: str | None, cloud: Cloud) -> Target:
    """The agent in the cloud; nothing is asked there.

    Raises AgentAddressNotFoundError without an agent id, AuthenticationError without a key.
    """
    if not agent_id:
        raise AgentAddressNotFoundError(
            "An agent in the cloud is found by its id, and none is known.",
            suggestion="Put the `agent_id` of the deployed agent into the configuration.",
            action="change-target",
        )
    if cloud.key is None:
        raise AuthenticationError(
            "There is no API key to call the cloud with: none was given, `runagent` has stored "
            "none, and the variable RUNAGENT_API_KEY is not set.",
            suggestion="Set RUNAGENT_API_KEY, or sign in with `runagent setup`.",
            details={"baseUrl": cloud.base_url, "baseUrlSource": cloud.base_url_source},
        )
    parts = urlsplit(cloud.base_url)
    scheme: Scheme = "http" if parts.scheme == "http" else "https"
    return Target(
        parts.hostname or "",
        parts.port or USUAL_PORTS[scheme],
        agent_id,
        "cloud",
        scheme,
        parts.path,
        cloud.key,
        cloud.user_id,
        cloud.persistent_memory,
    )


async def resolve(
    agent_id: str | None,
    host: str | None = None,
    port: int | None = None,
    registry: Registry | None = None,
    *,
    source: Source = "explicit",
    timeouts: Timeouts | None = None,
    config_path: Path | None = None,
) -> Target:
    """The server to call, after asking it which agent it serves.

    With `port` (and `host`, else this machine) that address is used; `agent_id` None accepts
    whatever agent is there. Without, our own running servers are looked at, the newest first, then
    the registry is asked for `agent_id`. `source` is what the target says of a given address.
    `config_path`: only a server of ours for this very configuration counts.

    Raises AgentAddressNotFoundError when no address is known, AgentNotFoundLocalError when nobody
    or another agent is there, ConnectionFailedError or RequestRefusedError when it is no RunAgent
    server, RegistryError.
    """
    limits = timeouts or Timeouts()
    known = registry or Registry.of_environment()
    if port is not None:
        given = reachable(host or LOCAL_HOST)
        target = await _at_address(given, port, agent_id, source, limits)
        return await asyncio.to_thread(_more_of, target, known)
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
    return await _served(agent_id, config_path, limits) or await _registered(
        agent_id, known, limits
    )


async def _served(agent_id: str, config_path: Path | None, timeouts: Timeouts) -> Target | None:
    """The newest server of ours that answers for the agent."""
    for server in await asyncio.to_thread(own_servers.find, agent_id, config_path):
        host = reachable(server.host)
        try:
            health = await _health(host, server.port, timeouts)
        except AgentError:
            continue
        if health.agent_id == agent_id:
            return _known(Target(host, server.port, agent_id, "served"), server)
    return None


async def _at_address(
    host: str, port: int, agent_id: str | None, source: Source, timeouts: Timeouts
) -> Target:
    try:
        health = await _health(host, port, timeouts)
    except ConnectionFailedError as error:
        if error.suggestion == error.default_suggestion:
            error.suggestion = (
                f"Check the address, or serve the agent there: `runagent serve --port {port}`."
            )
        error.action = "change-target"
        raise
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
    copies = await asyncio.to_thread(_is_signed_in, registry)
    return Target(host, row.port, agent_id, "registry", copies_to_cloud=copies)


def _more_of(target: Target, registry: Registry) -> Target:
    """What is known of the server at an address besides."""
    if target.leaves_machine:
        return target
    for server in own_servers.find(target.agent_id):
        if (reachable(server.host), server.port) == (target.host, target.port):
            return _known(target, server)
    return replace(target, copies_to_cloud=_copies(target, registry))


def _known(target: Target, server: own_servers.OwnServer) -> Target:
    python = None if server.interpreter is None else str(server.interpreter)
    return replace(target, copies_to_cloud=False, token=server.token, interpreter=python)


def _copies(target: Target, registry: Registry) -> bool | None:
    """Whether the server at an address copies to the cloud, if it is known to use this registry."""
    try:
        row = registry.find(target.agent_id)
    except RegistryError:
        return None
    if row is None or row.port != target.port:
        return None
    return _is_signed_in(registry)


def _is_signed_in(registry: Registry) -> bool | None:
    try:
        return registry.is_signed_in()
    except RegistryError:
        return None


def _other_agent(agent_id: str, health: Health, address: str) -> AgentNotFoundLocalError:
    name = f" ({health.agent_name})" if health.agent_name else ""
    return AgentNotFoundLocalError(
        f"At {address} another agent is served: {health.agent_id}{name}, not {agent_id}.",
        details={"address": address, "served": health.agent_id, "wanted": agent_id},
    )


async def _health(host: str, port: int, timeouts: Timeouts) -> Health:
    if not 0 < port < 65536:
        raise ConnectionFailedError(
            f"{port} is not a port: ports go from 1 to 65535.",
            suggestion="Give the port that `runagent serve` prints as part of its Address.",
            action="change-target",
            may_have_run=False,
        )
    if not is_host(host):
        raise ConnectionFailedError(
            f"{host!r} is not the name or number of a host.",
            suggestion="Give the host alone, without scheme, port or path.",
            action="change-target",
            may_have_run=False,
        )
    async with RestClient(Target(host, port, "", "explicit"), timeouts) as rest:
        return await rest.health()
