"""What a front process tells about itself, as values and as JSON lines of the control channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast, get_args

from runagent_ls.agents.targets.own_servers import ServerToken
from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.messages import (
    failure_from_message,
    failure_to_message,
    status_from_message,
    status_to_message,
)
from runagent_ls.serve.state import Failure, Status

StepName: TypeAlias = Literal["loading", "starting", "importing", "ready"]
_STEPS = frozenset(get_args(StepName))


@dataclass(frozen=True, slots=True)
class Step:
    """How far the start is; `message` is for people."""

    step: StepName
    message: str


@dataclass(frozen=True, slots=True)
class StatusChanged:
    status: Status


@dataclass(frozen=True, slots=True)
class Ready:
    """The agent answers at `host` and `port`. `pid` is the front's."""

    host: str
    port: int
    token: ServerToken
    agent_id: str
    pid: int
    registered: bool


@dataclass(frozen=True, slots=True)
class LogLine:
    """A text that was printed, by a run or by none. `at_ms` counts since 1970."""

    run_id: str | None
    stream: str
    text: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Logged:
    lines: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class RequirementsMissing:
    """Packages that the agent names and its interpreter lacks, and what installs them."""

    missing: tuple[str, ...]
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The agent was not served; the front ends."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Waiting:
    """The agent does not start; the front waits until its files change, and starts it then."""

    failure: Failure


Event: TypeAlias = Step | StatusChanged | Ready | Logged | RequirementsMissing | Failed | Waiting


def event_to_message(event: Event) -> dict[str, JsonValue]:
    """One line of the control channel. Only `ready` holds the token."""
    match event:
        case Step(step, message):
            return {"event": "step", "step": step, "message": message}
        case StatusChanged(status):
            return {"event": "status", "status": status_to_message(status)}
        case Ready(host, port, token, agent_id, pid, registered):
            return {
                "event": "ready",
                "host": host,
                "port": port,
                "token": token.reveal(),
                "agentId": agent_id,
                "pid": pid,
                "registered": registered,
            }
        case Logged(lines):
            return {"event": "log", "lines": [line_to_message(line) for line in lines]}
        case RequirementsMissing(missing, command):
            return {"event": "requirements", "missing": [*missing], "command": [*command]}
        case Failed(failure):
            return {"event": "failed", "failure": failure_to_message(failure)}
        case Waiting(failure):
            return {"event": "waiting", "failure": failure_to_message(failure)}


def line_to_message(line: LogLine) -> dict[str, JsonValue]:
    return {"runId": line.run_id, "stream": line.stream, "text": line.text, "atMs": line.at_ms}


def event_from_message(message: object) -> Event | None:
    """None for an event of a later version; ValueError for what is none of ours."""
    if not isinstance(message, dict):
        raise ValueError(f"no object: {type(message).__name__}")
    try:
        return _event(message)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no event: {error!r}") from error


def _event(message: Mapping[str, object]) -> Event | None:
    match message.get("event"):
        case "step":
            step = message["step"]
            if step not in _STEPS:
                return None
            return Step(cast(StepName, step), str(message["message"]))
        case "status":
            return StatusChanged(status_from_message(message["status"]))
        case "ready":
            return _ready(message)
        case "log":
            lines = message["lines"]
            return Logged(tuple(map(_line, lines)) if isinstance(lines, list) else ())
        case "requirements":
            return RequirementsMissing(_texts(message["missing"]), _texts(message["command"]))
        case "failed":
            return Failed(failure_from_message(message["failure"]))
        case "waiting":
            return Waiting(failure_from_message(message["failure"]))
        case _:
            return None


def _ready(message: Mapping[str, object]) -> Ready:
    return Ready(
        str(message["host"]),
        _whole(message["port"]),
        ServerToken(str(message["token"])),
        str(message["agentId"]),
        _whole(message["pid"]),
        message["registered"] is True,
    )


def _line(message: Mapping[str, object]) -> LogLine:
    run_id = message["runId"]
    return LogLine(
        run_id if isinstance(run_id, str) else None,
        str(message["stream"]),
        str(message["text"]),
        _whole(message["atMs"]),
    )


def _texts(values: object) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, list) else ()


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"no whole number: {value!r}")
    return value
