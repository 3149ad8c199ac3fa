"""One invocation on its way into its row: clean, capped, as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from runagent_ls.agents.values import JsonValue, all_finite, decode
from runagent_ls.serve.invocations.agent_runs import AgentRun, recorded_output

if TYPE_CHECKING:
    from runagent_ls.agents.history.redaction.redactor import Redactor

LARGEST: Final = 1024 * 1024
"""Characters of inputs or output that are kept whole."""
_KEPT: Final = 64 * 1024
"""Characters that are kept of longer ones."""
SAMPLES: Final = 10
"""So many chunks of a stream are kept, the first ones."""

_encode: Final = json.JSONEncoder(allow_nan=False).encode

Ending: TypeAlias = Literal["completed", "failed"]
Cell: TypeAlias = str | float | None
"""What a column takes."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A run that has begun. `input_data` and `client_info` as the platform has them."""

    id: str
    agent_id: str
    tag: str
    sdk_type: Literal["local_server", "websocket_stream"]
    input_data: JsonValue
    client_info: JsonValue
    requested_at: float = field(default_factory=time.time)
    """seconds since 1970"""


@dataclass(frozen=True, slots=True)
class StreamSummary:
    """What is kept of a stream: `samples` are its first chunks as WebSocket texts, very long ones
    cut off."""

    chunks: int
    seconds: float
    samples: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended. `output` is its structured string, or the summary of its stream."""

    status: Ending
    seconds: float
    output: str | StreamSummary | None = None
    error: str | None = None
    at: float = field(default_factory=time.time)
    """seconds since 1970"""


_UNWRITABLE: Final = "[not recorded]"

COLUMNS: Final = (
    "invocation_id", "agent_id", "input_data", "output_data", "error_detail", "request_timestamp",
    "response_timestamp", "execution_time_ms", "status", "entrypoint_tag", "sdk_type",
    "client_info",
)  # fmt: skip


@dataclass(slots=True)
class RowWriter:
    """Makes rows. `redactor` gives the secrets that are known at the moment."""

    redactor: Callable[[], Redactor]
    largest: int = LARGEST

    def row(self, run: Invocation, ended: Ended | None) -> tuple[Cell, ...]:
        """In the order of COLUMNS; without an end it is pending. Never fails: what cannot be
        written is left out."""
        redactor = self.redactor()
        try:
            cells = self._row(run, ended, redactor)
        except (ValueError, TypeError, RecursionError):
            bare = replace(run, input_data=_UNWRITABLE)
            if ended is not None:
                ended = replace(ended, output=None)
            cells = self._row(bare, ended, redactor)
        return tuple(_storable(cell) if isinstance(cell, str) else cell for cell in cells)

    def agent_run(self, run: Invocation, ended: Ended, row: Sequence[Cell]) -> AgentRun:
        """Of a plain run that has ended; `row` is the one of its invocation."""
        output = None
        if isinstance(ended.output, str):
            output = recorded_output(ended.output, self.redactor(), 2 * self.largest)
        return AgentRun(
            agent_id=run.agent_id,
            input_data=str(row[COLUMNS.index("input_data")]),
            output_data=output,
            success=ended.status == "completed",
            error_message=None if ended.error is None else str(row[COLUMNS.index("error_detail")]),
            execution_time=ended.seconds,
            at=stamp(ended.at),
        )

    def _row(self, run: Invocation, ended: Ended | None, redactor: Redactor) -> tuple[Cell, ...]:
        output = error = at = milliseconds = None
        if ended is not None:
            output = self._output(ended.output, redactor)
            error = None if ended.error is None else self._text(ended.error, redactor)
            at, milliseconds = stamp(ended.at), ended.seconds * 1000
        return (
            run.id,
            run.agent_id,
            self._json(run.input_data, redactor),
            output,
            error,
            stamp(run.requested_at),
            at,
            milliseconds,
            "pending" if ended is None else ended.status,
            run.tag,
            run.sdk_type,
            json.dumps(run.client_info),
        )

    def _output(self, output: str | StreamSummary | None, redactor: Redactor) -> str | None:
        if output is None:
            return None
        if isinstance(output, StreamSummary):
            return self._json(_summary(output), redactor)
        if len(output) > 2 * self.largest:  # its JSON has fewer escapes, but not so many fewer
            return json.dumps(_shortened(self._text(output[: 2 * _KEPT], redactor), len(output)))
        payload = _payload(output)
        # what is written already needs no reading, unless there may be a secret in it
        short = payload is not None and len(payload) <= self.largest
        if payload is not None and short and not redactor.suspicious(payload):
            return payload
        return self._json(decode(output), redactor)

    def _json(self, value: JsonValue, redactor: Redactor) -> str:
        text = _dumps(value)
        if len(text) > 2 * self.largest:
            # only the beginning is kept, and looking at all of it would hold up everybody
            return json.dumps(_shortened(self._text(text[: 2 * _KEPT], redactor), len(text)))
        if redactor.suspicious(text):
            text = _dumps(redactor.value(value))
        return text if len(text) <= self.largest else json.dumps(_shortened(text, len(text)))

    def _text(self, text: str, redactor: Redactor) -> str:
        clean = redactor.text(text)
        return clean if len(clean) <= _KEPT else f"{clean[:_KEPT]}…"


def _storable(text: str) -> str:
    """Halves of surrogate pairs, which a database does not take, become escapes."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def stamp(seconds: float) -> str:
    """As the platform writes a moment: UTC, whole seconds."""
    return _second(int(seconds))


def _dumps(value: JsonValue) -> str:
    """JSON with null for NaN and the infinities: the platform's own history cannot be read any
    more once one of them is in it."""
    try:
        return _encode(value)
    except ValueError:
        return _encode(all_finite(value))


def _payload(output: str) -> str | None:
    """The JSON in a structured string; None where it says something else than the value."""
    try:
        value = json.loads(output)
    except ValueError:
        return None
    if not isinstance(value, dict) or value.get("type") == "number":
        return None
    payload = value.get("payload")
    return payload if isinstance(payload, str) else None


def _summary(stream: StreamSummary) -> JsonValue:
    samples: list[JsonValue] = [_sample(text) for text in stream.samples]
    return {
        "stream_completed": True,
        "total_chunks": stream.chunks,
        "execution_type": "streaming",
        "sample_chunks": samples,
        "execution_time_seconds": stream.seconds,
        "chunk_summary": {
            "total_chunks": stream.chunks,
            "stored_samples": len(samples),
            "stream_type": "websocket",
        },
    }


def _shortened(text: str, length: int) -> JsonValue:
    """What stands for a value that is too long."""
    return {"truncated": True, "characters": length, "beginning": text[:_KEPT]}


def _sample(text: bytes) -> JsonValue:
    try:
        return decode(json.loads(text)["content"])
    except ValueError:  # cut off
        return _shortened(text.decode("utf-8", "replace"), len(text))
