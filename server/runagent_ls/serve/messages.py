"""Status, failure and reports as JSON: the same on the control channel and towards editors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import cast, get_args

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.state import EntrypointReport, Failure, Frame, State, Status

_STATES = frozenset(get_args(State))


def frame_to_message(frame: Frame) -> dict[str, JsonValue]:
    return {
        "file": str(frame.file),
        "line": frame.line,
        "function": frame.function,
        "text": frame.text,
    }


def failure_to_message(failure: Failure) -> dict[str, JsonValue]:
    """All fields; what is not known is null."""
    return {
        "code": failure.code,
        "message": failure.message,
        "suggestion": failure.suggestion,
        "exception": failure.exception,
        "tag": failure.tag,
        "frames": [frame_to_message(frame) for frame in failure.frames],
        "exitCode": failure.exit_code,
    }


def report_to_message(report: EntrypointReport) -> dict[str, JsonValue]:
    return {
        "tag": report.tag,
        "exists": report.exists,
        "callable": report.callable,
        "streams": report.streams,
        "kind": report.kind,
        "signature": report.signature,
        "file": None if report.file is None else str(report.file),
        "line": report.line,
        "failure": None if report.failure is None else failure_to_message(report.failure),
    }


def status_to_message(status: Status) -> dict[str, JsonValue]:
    """Moments as ISO 8601 with their zone."""
    return {
        "state": status.state,
        "since": status.since.isoformat(),
        "staleSince": None if status.stale_since is None else status.stale_since.isoformat(),
        "failure": None if status.failure is None else failure_to_message(status.failure),
        "workerPid": status.worker_pid,
        "python": status.python,
        "entrypoints": [report_to_message(report) for report in status.entrypoints],
        "debugPort": status.debug_port,
        "running": status.running,
        "waiting": status.waiting,
    }


def failure_from_message(message: object) -> Failure:
    """ValueError for what is no failure."""
    fields = _object(message)
    frames = fields.get("frames")
    return Failure(
        code=_text(fields, "code") or "SERVER_ERROR",
        message=_text(fields, "message") or "",
        suggestion=_text(fields, "suggestion"),
        exception=_text(fields, "exception"),
        tag=_text(fields, "tag"),
        frames=tuple(_frame(each) for each in frames) if isinstance(frames, list) else (),
        exit_code=_whole(fields, "exitCode"),
    )


def report_from_message(message: object) -> EntrypointReport:
    """ValueError for what is no report."""
    fields = _object(message)
    file, failure = _text(fields, "file"), fields.get("failure")
    return EntrypointReport(
        tag=_text(fields, "tag") or "",
        exists=fields.get("exists") is True,
        callable=_truth(fields, "callable"),
        streams=_truth(fields, "streams"),
        kind=_text(fields, "kind"),
        signature=_text(fields, "signature"),
        file=None if file is None else Path(file),
        line=_whole(fields, "line"),
        failure=None if failure is None else failure_from_message(failure),
    )


def status_from_message(message: object) -> Status:
    """ValueError for what is no status."""
    fields = _object(message)
    state, failure, reports = (fields.get(k) for k in ("state", "failure", "entrypoints"))
    if state not in _STATES:
        raise ValueError(f"no state: {state!r}")
    since, stale = _text(fields, "since"), _text(fields, "staleSince")
    return Status(
        state=cast(State, state),
        since=datetime.fromisoformat(since or ""),
        stale_since=None if stale is None else datetime.fromisoformat(stale),
        failure=None if failure is None else failure_from_message(failure),
        worker_pid=_whole(fields, "workerPid"),
        python=_text(fields, "python"),
        entrypoints=tuple(map(report_from_message, reports)) if isinstance(reports, list) else (),
        debug_port=_whole(fields, "debugPort"),
        running=_whole(fields, "running") or 0,
        waiting=_whole(fields, "waiting") or 0,
    )


def _frame(message: object) -> Frame:
    fields = _object(message)
    return Frame(
        Path(_text(fields, "file") or ""),
        _whole(fields, "line") or 1,
        _text(fields, "function") or "",
        _text(fields, "text"),
    )


def _object(message: object) -> Mapping[str, object]:
    if not isinstance(message, dict):
        raise ValueError(f"no object: {type(message).__name__}")
    return message


def _text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def _whole(fields: Mapping[str, object], name: str) -> int | None:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _truth(fields: Mapping[str, object], name: str) -> bool | None:
    value = fields.get(name)
    return value if isinstance(value, bool) else None
