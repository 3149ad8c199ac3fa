"""Two answers to the same question, compared field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

from conformance.asking import Conversation, Reply, Server
from conformance.differences import DIFFERENCES

HEADERS = ("content-type", "allow", "location", "server")
"""the headers that clients may look at"""

_TIMES = {"timestamp", "request_timestamp", "response_timestamp"}
_IDS = {"request_id", "invocation_id"}
_DURATIONS = {
    "uptime_seconds",
    "execution_time",
    "execution_time_ms",
    "execution_time_seconds",
    "avg_execution_time_ms",
}
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
# what else it says depends on the function in which the depth was reached
_TOO_DEEP = re.compile(r"(maximum recursion depth exceeded)( in| while)[\w ]+")

_ABSENT = "(absent)"


def comparable(answer: Reply | Conversation, server: Server) -> Any:
    """An answer with what differs from server to server and from time to time made alike."""
    if isinstance(answer, Conversation):
        whole: Any = {"frames": list(answer.frames), "end": answer.end}
    else:
        headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
        whole = {"status": answer.status, "headers": headers, "body": answer.body}
    return _alike(whole, None, server)


def _alike(value: Any, key: str | None, server: Server) -> Any:
    if isinstance(value, dict):
        return {name: _alike(item, name, server) for name, item in value.items()}
    if isinstance(value, list):
        return [_alike(item, key, server) for item in value]
    if key in _TIMES and value is not None:
        return _form_of_time(value)
    if key in _IDS and value is not None:
        return f"uuid {UUID(value).version}"
    if key in _DURATIONS and value is not None:
        return f"duration {type(value).__name__}" if value >= 0 else value
    if key in {"port", "server_port"} and value == server.port:
        return "<port>"
    if isinstance(value, str):
        return _text(value, server)
    return value


def _form_of_time(value: str) -> str:
    datetime.fromisoformat(value)
    # once in a million moments the fraction is zero, and Python writes none
    return re.sub(r"\d", "9", re.sub(r"(\.\d+)?$", ".f", value, count=1))


def _text(value: str, server: Server) -> str:
    value = value.replace(str(server.project_dir), "<agent-dir>")
    value = value.replace(f"{server.host}:{server.port}", "<address>")
    return _TOO_DEEP.sub(r"\1", _ADDRESS.sub("<object>", value))


def divergences(theirs: Any, ours: Any, path: str = "") -> Iterator[str]:
    """Paths where two comparable answers differ, with both values."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in {**theirs, **ours}:
            yield from divergences(
                theirs.get(name, _ABSENT), ours.get(name, _ABSENT), f"{path}/{name}"
            )
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for at, pair in enumerate(zip(theirs, ours, strict=True)):
            yield from divergences(*pair, f"{path}/{at}")
    elif type(theirs) is not type(ours) or theirs != ours:
        yield f"{path}: theirs {_short(theirs)}, ours {_short(ours)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) < 600 else f"{text[:600]}... ({len(text)} characters)"


def check(theirs: Any, ours: Any, differs: str | None = None) -> None:
    """Hold that two comparable answers are equal; or that they differ, and only there, where
    the difference `differs` says."""
    found = list(divergences(theirs, ours))
    if differs is None:
        assert not found, "\n".join(found)
        return
    difference = DIFFERENCES[differs]
    assert found, f"{differs}: there is no difference any more: {_short(theirs)}"
    beyond = [
        line
        for line in found
        if not any(fnmatchcase(line.partition(": ")[0], place) for place in difference.places)
    ]
    assert not beyond, "\n".join(beyond)
