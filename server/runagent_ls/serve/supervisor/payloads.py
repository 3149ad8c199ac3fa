"""What a worker says, as the values of the rest of the program.

A worker runs the agent's code, which can write anything into its pipes; nothing is trusted to be
there or of its type.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

from runagent_ls.serve.state import EntrypointReport, Failure, Frame
from runagent_ls.serve.supervisor.frame_reader import NoFrameError
from runagent_ls.serve.supervisor.runs import FailureKind, Problem, RunFailedError

Fields: TypeAlias = Mapping[str, object]

_KINDS: Mapping[str, FailureKind] = {
    "raised": "raised",
    "not-callable": "raised",
    "exit": "exit",
    "cancelled": "cancelled",
}


def fields_of(payload: bytes) -> Fields:
    """The JSON object of a payload; NoFrameError when it is none."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError) as broken:
        raise NoFrameError from broken
    if not isinstance(value, dict):
        raise NoFrameError
    return cast("dict[str, object]", value)


def text(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def number(fields: Fields, name: str) -> int | None:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def seconds(fields: Fields) -> float:
    value = fields.get("seconds")
    return float(value) if isinstance(value, int | float) else 0.0


def paths(fields: Fields) -> tuple[Path, ...]:
    return tuple(Path(each) for each in _list(fields, "files") if isinstance(each, str))


def failure(value: object) -> Failure | None:
    if not isinstance(value, dict):
        return None
    return Failure(
        code=text(value, "code") or "SERVER_ERROR",
        message=text(value, "message") or "",
        suggestion=text(value, "suggestion"),
        exception=text(value, "exception"),
        tag=text(value, "tag"),
        frames=_frames(value),
        exit_code=number(value, "exit_code"),
    )


def reports(fields: Fields) -> tuple[EntrypointReport, ...]:
    return tuple(_report(each) for each in _objects(fields, "entrypoints"))


def run_failure(fields: Fields) -> RunFailedError:
    return RunFailedError(
        _KINDS.get(text(fields, "kind") or "", "raised"),
        text(fields, "message") or "",
        exception=text(fields, "exception"),
        frames=_frames(fields),
        problems=tuple(
            Problem(text(each, "parameter"), text(each, "message") or "")
            for each in _objects(fields, "problems")
        ),
    )


def _report(fields: Fields) -> EntrypointReport:
    file = text(fields, "file")
    return EntrypointReport(
        tag=text(fields, "tag") or "",
        exists=fields.get("exists") is not False,
        callable=_truth(fields, "callable"),
        streams=_truth(fields, "streams"),
        kind=text(fields, "kind"),
        signature=text(fields, "signature"),
        file=None if file is None else Path(file),
        line=number(fields, "line"),
        failure=failure(fields.get("failure")),
    )


def _frames(fields: Fields) -> tuple[Frame, ...]:
    return tuple(
        Frame(
            file=Path(text(each, "file") or ""),
            line=number(each, "line") or 1,
            function=text(each, "function") or "",
            text=text(each, "text"),
        )
        for each in _objects(fields, "frames")
    )


def _truth(fields: Fields, name: str) -> bool | None:
    value = fields.get(name)
    return value if isinstance(value, bool) else None


def _list(fields: Fields, name: str) -> list[Any]:
    value = fields.get(name)
    return value if isinstance(value, list) else []


def _objects(fields: Fields, name: str) -> list[Fields]:
    return [each for each in _list(fields, name) if isinstance(each, dict)]
