"""The server a call goes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import quote

from runagent_ls.agents.targets.address import address_of, is_loopback
from runagent_ls.agents.values import JsonValue

if TYPE_CHECKING:
    from runagent_ls.agents.targets.credentials import ApiKey
    from runagent_ls.agents.targets.own_servers import ServerToken

Source: TypeAlias = Literal["explicit", "setting", "served", "registry", "cloud"]
"""Who named the address; `served` is a server of ours that runs."""

Scheme: TypeAlias = Literal["http", "https"]
USUAL_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """One agent at one address.

    `prefix` is the path before `/api/v1`, `key` what the cloud is asked with, and `user_id` and
    `persistent_memory` are for calls to the cloud that say nothing of them. `copies_to_cloud`:
    whether the local server sends a copy of each run to the cloud, None when that is not known.
    `token` is what a server of ours knows its user by, `run_id` the name, a UUID, that it is to
    know the next run by, and `interpreter` the Python that runs its agent.
    """

    host: str
    port: int
    agent_id: str
    source: Source
    scheme: Scheme = "http"
    prefix: str = ""
    key: ApiKey | None = None
    user_id: str | None = None
    persistent_memory: bool = False
    copies_to_cloud: bool | None = field(default=None, compare=False)
    token: ServerToken | None = field(default=None, compare=False)
    run_id: str | None = field(default=None, compare=False)
    interpreter: str | None = field(default=None, compare=False)

    @property
    def cloud(self) -> bool:
        return self.source == "cloud"

    @property
    def leaves_machine(self) -> bool:
        """True unless the host is certainly this machine."""
        return not is_loopback(self.host)

    @property
    def address(self) -> str:
        """For people: `host:port`, or the cloud's base URL. Never holds a key."""
        return f"{self.scheme}://{self._authority}{self.prefix}" if self.cloud else self._authority

    @property
    def _authority(self) -> str:
        if self.cloud and self.port == USUAL_PORTS[self.scheme]:
            return f"[{self.host}]" if ":" in self.host else self.host
        return address_of(self.host, self.port)

    @property
    def base_url(self) -> str:
        return f"{self.scheme}://{self._authority}{self.prefix}/api/v1"

    @property
    def agent_path(self) -> str:
        return f"/agents/{quote(self.agent_id, safe='', errors='surrogatepass')}"

    @property
    def stream_url(self) -> str:
        """Of the WebSocket, without the key."""
        return f"ws{self.base_url.removeprefix('http')}{self.agent_path}/run-stream"

    def to_message(self) -> dict[str, JsonValue]:
        """`Target` of schemas/protocol.schema.json."""
        return {
            "host": self.host,
            "port": self.port,
            "agentId": self.agent_id,
            "source": self.source,
            "leavesMachine": self.leaves_machine,
            "cloud": self.cloud,
            "address": self.address,
            "copiesToCloud": self.copies_to_cloud,
        }
