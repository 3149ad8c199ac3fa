"""Projects, their entrypoints, and what a form needs to ask for inputs."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from runagent_ls.features.entrypoints import EntrypointInfo, ParameterInfo
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


class CheckResult(TypedDict):
    projects: int
    errors: int
    warnings: int
    others: int


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
