"""The messages of `schemas/protocol.schema.json`: results as typed dicts, parameters checked.

A contract test holds every message the server sends against the schema.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, NotRequired, TypedDict

from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.features.entrypoints import EntrypointInfo, ParameterInfo
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.uris import to_path
from runagent_ls.pyfile.signature_schema import Missing


class EntrypointSummary(TypedDict):
    tag: str
    kind: str
    streams: bool


class ProjectSummary(TypedDict):
    configUri: str
    rootUri: str
    name: str
    agentId: str | None
    framework: str | None
    entrypoints: list[EntrypointSummary]


class ParameterMessage(TypedDict):
    name: str
    kind: str
    required: bool
    annotation: str | None
    defaultText: str | None
    defaultValue: NotRequired[Any]
    description: str | None
    schema: dict[str, Any]


class EntrypointMessage(TypedDict):
    tag: str
    kind: str
    streams: bool
    signature: str | None
    documentation: str | None
    parameters: list[ParameterMessage]
    inputSchema: dict[str, Any]


class CancelResult(TypedDict):
    found: bool
    stopped: bool
    message: str


class CheckResult(TypedDict):
    projects: int
    errors: int
    warnings: int
    others: int


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A call that a client asked for, checked. `config_path` None: the target names the agent."""

    run_id: str
    config_path: FilePath | None
    tag: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any] | None
    host: str | None
    port: int | None
    agent_id: str | None
    timeouts: Json

    def limits(self, settings: Timeouts) -> Timeouts:
        """The request's time limits; those it leaves out are the settings'."""
        return Timeouts(
            connect=self.timeouts.get("connect", settings.connect),
            idle=self.timeouts.get("idle", settings.idle),
            total=self.timeouts.get("total", settings.total),
        )


def read_run(params: Json, run_id: str | None = None) -> RunRequest:
    """Check the parameters of a run. With `run_id` (from a command) neither an id nor keyword
    arguments are required. Raises `InvalidParamsError`."""
    uri = params.get("configUri")
    path = to_path(uri)
    target = _mapping(params, "target", {})
    if uri is not None and path is None:
        raise InvalidParamsError(f"configUri must be the file: URI of a configuration, not {uri!r}")
    if path is None and not target:
        raise InvalidParamsError("Either configUri or target must name the agent")
    args = params.get("args", [])
    if not isinstance(args, list):
        raise InvalidParamsError("args must be an array")
    kwargs = params.get("kwargs")
    if not isinstance(kwargs, dict) and (kwargs is not None or run_id is None):
        raise InvalidParamsError("kwargs must be an object of parameter names and values")
    return RunRequest(
        run_id=run_id or text(params, "runId"),
        config_path=path,
        tag=text(params, "tag"),
        args=tuple(args),
        kwargs=kwargs,
        host=text(target, "host") if "host" in target else None,
        port=_port(target),
        agent_id=text(target, "agentId") if "agentId" in target else None,
        timeouts=_timeouts(params),
    )


def text(params: Json, name: str) -> str:
    """A text that is not empty. Raises `InvalidParamsError`."""
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidParamsError(f"{name} must be a text that is not empty")
    return value


def config_path(params: Json) -> FilePath:
    """The path behind `configUri`. Raises `InvalidParamsError`."""
    path = to_path(params.get("configUri"))
    if path is None:
        raise InvalidParamsError("configUri must be the file: URI of a configuration")
    return path


def _mapping(params: Json, name: str, default: Json) -> Json:
    value = params.get(name, default)
    if not isinstance(value, dict):
        raise InvalidParamsError(f"{name} must be an object")
    return value


def _port(target: Json) -> int | None:
    port = target.get("port")
    if port is None:
        return None
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        raise InvalidParamsError(f"target.port must be a number from 1 to 65535, not {port!r}")
    return port


def _timeouts(params: Json) -> Json:
    limits = _mapping(params, "timeouts", {})
    for name, value in limits.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and math.isfinite(value) and value > 0):
            raise InvalidParamsError(f"timeouts.{name} must be seconds above 0, or null for none")
    return limits


def entrypoint_message(info: EntrypointInfo) -> EntrypointMessage:
    return {
        "tag": info.tag,
        "kind": info.kind,
        "streams": info.streams,
        "signature": info.signature,
        "documentation": info.documentation,
        "parameters": [_parameter_message(item) for item in info.parameters],
        "inputSchema": info.input_schema,
    }


def _parameter_message(info: ParameterInfo) -> ParameterMessage:
    parameter = info.parameter
    message: ParameterMessage = {
        "name": parameter.name,
        "kind": parameter.kind,
        "required": info.required,
        "annotation": parameter.annotation,
        "defaultText": parameter.default,
        "description": parameter.description,
        "schema": info.schema,
    }
    if not isinstance(info.default_value, Missing):
        message["defaultValue"] = info.default_value
    return message
