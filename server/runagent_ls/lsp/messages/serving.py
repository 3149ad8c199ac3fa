"""Agents that are served for the client: what it may ask, and how they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TypeAlias

from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.messages import reading
from runagent_ls.serve.state import EntrypointReport, Failure, Frame

ToUri: TypeAlias = Callable[[FilePath], str]


@dataclass(frozen=True, slots=True)
class DebugOptions:
    """Run the agent under debugpy, which is in the folder `debugpy`; None: in its own Python."""

    debugpy: FilePath | None = None


@dataclass(frozen=True, slots=True)
class StartOptions:
    """How to serve an agent. `interpreter` None: the setting's, or the one that is found."""

    interpreter: str | None = None
    debug: DebugOptions | None = None
    port: int | None = None
    register: bool = False


@dataclass(frozen=True, slots=True)
class StartRequest:
    """`ServeStartParams`, checked."""

    config_path: FilePath
    options: StartOptions


def read_start(params: Json) -> StartRequest:
    """Raises `InvalidParamsError`."""
    path = reading.config_path(params)
    options = StartOptions(
        interpreter=reading.optional_text(params, "interpreter"),
        debug=_debug(params, "debug"),
        port=reading.port(params, "port"),
        register=reading.boolean(params, "register", False),
    )
    return StartRequest(path, options)


def read_serve(params: Json) -> StartOptions | None:
    """`serve` of a run, None when it is left out. Raises `InvalidParamsError`."""
    if params.get("serve") is None:
        return None
    given = reading.mapping(params, "serve")
    interpreter = reading.optional_text(given, "serve.interpreter")
    return StartOptions(interpreter=interpreter, debug=_debug(given, "serve.debug"))


def _debug(params: Json, name: str) -> DebugOptions | None:
    if params.get(name.rpartition(".")[2]) is None:
        return None
    path = reading.optional_text(reading.mapping(params, name), f"{name}.debugpyPath")
    return DebugOptions(None if path is None else FilePath(path))


def failure_message(failure: Failure, uri: ToUri) -> Json:
    """`ServeFailure`."""
    message: Json = {"code": failure.code, "message": failure.message}
    for name in ("suggestion", "exception", "tag"):
        if (value := getattr(failure, name)) is not None:
            message[name] = value
    message["frames"] = [frame_message(frame, uri) for frame in failure.frames]
    return message


def frame_message(frame: Frame, uri: ToUri) -> Json:
    """`TracebackFrame`."""
    return {
        "uri": uri(frame.file),
        "file": str(frame.file),
        "line": max(frame.line - 1, 0),
        "function": frame.function,
        "text": frame.text,
    }


def report_message(report: EntrypointReport, uri: ToUri) -> Json:
    """`EntrypointReport`."""
    message: Json = {"tag": report.tag, "exists": report.exists}
    for name in ("callable", "streams", "kind", "signature"):
        if (value := getattr(report, name)) is not None:
            message[name] = value
    if report.file is not None:
        message["uri"] = uri(report.file)
    if report.line is not None:
        message["line"] = max(report.line - 1, 0)
    if report.failure is not None:
        message["failure"] = failure_message(report.failure, uri)
    return message
