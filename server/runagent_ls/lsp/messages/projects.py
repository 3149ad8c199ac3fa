"""Projects, their entrypoints, and what a form needs to ask for inputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Any, NotRequired, TypedDict

from runagent_ls.features.entrypoints import EntrypointInfo, ParameterInfo
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.signature_schema import Missing, signature_text
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Span

MakeUri = Callable[[FilePath], str]


class EntrypointSummary(TypedDict):
    tag: str
    kind: str
    streams: bool
    signature: NotRequired[str]
    documentation: NotRequired[str]


class Place(TypedDict):
    uri: str
    line: int
    character: int


class ProjectSummary(TypedDict):
    configUri: str
    rootUri: str
    name: str
    agentId: str | None
    framework: str | None
    entrypoints: list[EntrypointSummary]
    firstError: NotRequired[Place]


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
    configPlace: NotRequired[Place]
    codePlace: NotRequired[Place]


class CheckResult(TypedDict):
    projects: int
    errors: int
    warnings: int
    others: int


def summary_message(entrypoint: Entrypoint) -> EntrypointSummary:
    """What a list shows of an entrypoint; reading it follows no types and looks for no places."""
    message: EntrypointSummary = {
        "tag": entrypoint.tag or "",
        "kind": entrypoint.kind,
        "streams": entrypoint.is_stream,
    }
    symbol = entrypoint.verdict.settled.symbol if entrypoint.verdict is not None else None
    if symbol is not None and symbol.signature is not None:
        message["signature"] = " ".join(signature_text(symbol.signature).split())
    if symbol is not None and symbol.docstring:
        message["documentation"] = symbol.docstring.strip().split("\n", 1)[0]
    return message


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


def places(entrypoint: Entrypoint, project: AgentProject, uri: MakeUri) -> dict[str, Place]:
    """Where the entrypoint stands in the configuration, and its function, where that is known."""
    in_config = project.document.span(entrypoint.path)
    found = {"configPlace": _place(project.document.text, in_config, project.config_path, uri)}
    resolution = entrypoint.resolution
    if resolution is not None and resolution.symbol is not None and resolution.defined_in:
        source = project.sources.get(resolution.defined_in)
        if source is not None:
            span = resolution.symbol.span
            found["codePlace"] = _place(source.text, span, resolution.defined_in, uri)
    return found


def _place(text: str, span: Span, file: FilePath, uri: MakeUri) -> Place:
    start = LineIndex(text).range(span).start
    return {"uri": uri(file), "line": start.line, "character": start.character}


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
