"""One agent that is served for the client, as far as its server has told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.messages.serving import (
    StartOptions,
    ToUri,
    failure_message,
    frame_message,
    report_message,
)
from runagent_ls.serve.state import Failure, State, Status

if TYPE_CHECKING:  # loaded with the first start
    from runagent_ls.agents.targets.target import Target
    from runagent_ls.serve.lifecycle.events import Ready

ANSWERING: Final[frozenset[State]] = frozenset({"ready", "reloading", "stale"})


@dataclass(slots=True)
class Served:
    """An agent with the server that it has or had. `own` False: somebody else's server.

    `place` is where its server answers, and as which agent; None without one.
    `broken_environments` would have come before `interpreter`, but their Python is gone.
    """

    config: FilePath
    options: StartOptions
    status: Status
    interpreter: FilePath | None = None
    place: Ready | None = None
    own: bool = True
    broken_environments: tuple[FilePath, ...] = ()

    @classmethod
    def new(cls, config: FilePath, options: StartOptions) -> Served:
        return cls(config, options, Status("starting", now()))

    @property
    def answers(self) -> bool:
        return self.place is not None and self.status.state in ANSWERING

    def target(self) -> Target | None:
        """Where its runs go; None when nothing answers."""
        from runagent_ls.agents.targets.target import Target

        place = self.place
        if place is None or not self.answers:
            return None
        return Target(
            place.host,
            place.port,
            place.agent_id,
            "served",
            copies_to_cloud=False,
            token=place.token,
            interpreter=None if self.interpreter is None else str(self.interpreter),
        )

    def to_message(self, uri: ToUri, agent_id: str | None) -> Json:
        """`ServerStatus`. `agent_id` is the configuration's, for when no server has told it."""
        status, place = self.status, self.place
        message: Json = {
            "configUri": uri(self.config),
            "state": status.state,
            "own": self.own,
            "agentId": agent_id if place is None else place.agent_id,
            "since": status.since.timestamp(),
            "registered": place is not None and place.registered,
            "running": status.running,
            "waiting": status.waiting,
            "entrypoints": [report_message(report, uri) for report in status.entrypoints],
        }
        if place is not None:
            from runagent_ls.agents.targets.address import address_of

            address = address_of(place.host, place.port)
            message |= {"host": place.host, "port": place.port, "address": address}
            message["pid"] = place.pid
        known = {
            "workerPid": status.worker_pid,
            "python": status.python,
            "interpreter": None if self.interpreter is None else str(self.interpreter),
            "staleSince": status.stale_since and status.stale_since.timestamp(),
            "failure": status.failure and failure_message(status.failure, uri),
            "debugPort": status.debug_port,
        }
        return message | {name: value for name, value in known.items() if value is not None}


def frames_of_start(error: object, uri: ToUri) -> list[Json]:
    """Where an agent failed to start; empty for errors of other kinds."""
    failure = getattr(error, "failure", None)
    return [frame_message(it, uri) for it in failure.frames] if isinstance(failure, Failure) else []


def now() -> datetime:
    return datetime.now(UTC)
