"""The messages of a stream: text of a frame in, event out.

{"type":"status","status":"stream_started","invocation_id":"..."}
{"type":"data","content":"<structured string>"}
{"type":"status","status":"stream_completed","total_chunks":3,"execution_time":0.15,...}
{"type":"error","detail":"..."}    a refusal, before the function is called
{"type":"error","error":"..."}     the function failed; our own server may add code and details

The cloud's clients also know content under `data`, `payload` or `delta`, messages without a type,
a status or a reason inside of `data`, and more status values; all of that is read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from runagent_ls.agents.call import (
    Chunk,
    Completed,
    Progress,
    Started,
    StreamEvent,
    UnknownFrame,
)
from runagent_ls.agents.errors import (
    AgentError,
    FunctionError,
    NonStreamEntrypointError,
    NotFoundError,
    StreamError,
    StreamRetryError,
    ValidationError,
    error_of_code,
)
from runagent_ls.agents.failures.advice import advice_for, said_by_function
from runagent_ls.agents.rest.refusals import by_words
from runagent_ls.agents.values import (
    KINDS,
    JsonValue,
    decode,
    decode_as_written,
    finite,
    parse,
    scan_unchecked,
)

# How the local server spells a data frame: its content is then read in place.
_DATA_HEAD = '{"type":"data","content":'
_CONTENT_KEYS = ("content", "data", "payload", "delta")
_FAILED_STATUSES = {"stream_failed", "stream_error", "stream_interrupted"}
_PROGRESS_STATUSES = {"stream_progress", "stream_update"}
_SERVER_PREFIX = "Streaming error: "
_CLOUD_PREFIX = re.compile(
    r"^(?:(?:Streaming error|Stream error|Internal server error|Server error|Database error"
    r"|HTTP Error|Streaming failed|\d{3}): ?)+"
)


class FrameReader:
    """Turns the messages of one stream into events, numbering the chunks.

    Attributes: `started` and `completed` tell which of the server's marks were seen, `chunks`
    how many chunks have come.
    """

    def __init__(self, tag: str, *, cloud: bool = False) -> None:
        self.tag = tag
        self.cloud = cloud
        self.chunks = 0
        self.started = False
        self.completed = False
        self.failure: AgentError | None = None

    def read(self, messages: Iterable[bytes | bytearray | memoryview]) -> list[StreamEvent]:
        """The events of some messages, up to the end of the stream.

        An error frame ends them too and is left in `failure`, so that what came before it is
        not lost.
        """
        events: list[StreamEvent] = []
        for message in messages:
            try:
                text = str(message, "utf-8")
                # what nearly every message is, without a call into Python beyond the decoding
                if text.startswith(_DATA_HEAD):
                    content, end = scan_unchecked(text, len(_DATA_HEAD))
                    if isinstance(content, str) and text[end:] == "}":
                        events.append(Chunk(self.chunks, decode_as_written(content), content))
                        self.chunks += 1
                        continue
            except (ValueError, StopIteration, RecursionError):
                pass
            event = self._event(message)
            if event is None:
                break
            events.append(event)
            if self.completed:
                break
        return events

    def _event(self, message: bytes | bytearray | memoryview) -> StreamEvent | None:
        try:
            text = str(message, "utf-8")
            frame = parse(text)
        except ValueError:
            return UnknownFrame(str(message, "utf-8", "replace"))
        return self._event_of(frame, text) if isinstance(frame, dict) else UnknownFrame(text)

    def _chunk(self, content: JsonValue, text: str) -> Chunk:
        index = self.chunks
        self.chunks = index + 1
        return Chunk(index, decode(content), content if isinstance(content, str) else text)

    def _event_of(self, frame: dict[str, JsonValue], text: str) -> StreamEvent | None:
        kind = frame.get("type")
        kind = kind.lower() if isinstance(kind, str) else kind
        if kind == "error":
            self._fail(self._failure(frame))
            return None
        if kind == "status":
            return self._status(frame, text)
        if kind == "data" or "type" not in frame:
            for key in _CONTENT_KEYS:
                if key in frame:
                    return self._chunk(frame[key], text)
        elif isinstance(kind, str) and kind in KINDS and frame.keys() == {"type", "payload"}:
            return self._chunk(frame, text)
        return UnknownFrame(text)

    def _status(self, frame: dict[str, JsonValue], text: str) -> StreamEvent | None:
        inner = frame.get("data")
        status = frame.get("status")
        if not isinstance(status, str) and isinstance(inner, dict):
            status = inner.get("status")
        word = status.lower() if isinstance(status, str) else ""
        invocation = frame.get("invocation_id")
        invocation_id = invocation if isinstance(invocation, str) else None
        if word == "stream_started":
            self.started = True
            return Started(invocation_id)
        if word == "stream_completed":
            self.completed = True
            total = frame.get("total_chunks")
            return Completed(
                total if isinstance(total, int) else None,
                finite(frame.get("execution_time")),
                invocation_id,
            )
        if word == "stream_retry":
            reason = _reason(frame) or "The service asks to try again."
            self._fail(StreamRetryError(reason, details={"chunks": self.chunks}))
            return None
        if word in _FAILED_STATUSES:
            self._fail(self._failure(frame, f"The stream ended with {word}."))
            return None
        return Progress(text, word) if word in _PROGRESS_STATUSES else UnknownFrame(text)

    def _fail(self, error: AgentError) -> None:
        """What has begun may have run, whatever its error is called."""
        error.may_have_run = error.may_have_run or self.started or self.chunks > 0
        self.failure = error

    def _failure(self, frame: dict[str, JsonValue], otherwise: str | None = None) -> AgentError:
        for key in ("error", "detail", "data", "message"):
            error = frame.get(key)
            if isinstance(error, dict) and isinstance(error.get("code"), str):
                return _coded(error)
        reason = _reason(frame)
        if reason is None:
            said = otherwise or "The agent failed without saying why."
            return StreamError(said, details={"frame": frame})
        code = frame.get("code")
        if isinstance(code, str):
            return self._coded_by_frame(code, reason, frame)
        if not self.started and not self.chunks:
            # nothing of the function can be in here, so the words are the service's own
            if self.cloud:
                known = by_words(reason, {"reason": reason})
                if known is not None:
                    return known
            if "detail" in frame:
                return self._refusal(reason)
        message = self._own_words(reason)
        advice = advice_for(message)
        return StreamError(
            said_by_function(message, None),
            suggestion=advice.suggestion,
            action=advice.action,
            details={"chunks": self.chunks},
        )

    def _coded_by_frame(self, code: str, reason: str, frame: dict[str, JsonValue]) -> AgentError:
        """Our own server says a failure's code beside its text."""
        message = self._own_words(reason)
        details = frame.get("details") or {"chunks": self.chunks}
        if code == FunctionError.default_code:
            advice = advice_for(message)
            said = said_by_function(message, details)
            return StreamError(
                said, suggestion=advice.suggestion, action=advice.action, details=details
            )
        error = error_of_code(code, message, details=details)
        pause = finite(frame.get("retry_after"))
        if "detail" in frame:
            error.may_have_run = False
        if pause is not None:
            error.retry_after = pause
            error.action = "run-again"
        return error

    def _own_words(self, reason: str) -> str:
        if self.cloud:
            return _CLOUD_PREFIX.sub("", reason, count=1)
        return reason.removeprefix(_SERVER_PREFIX)

    def _refusal(self, reason: str) -> AgentError:
        """Refusals are known by their place in the protocol, so their text may be trusted."""
        if re.fullmatch(r"Entrypoint .* not found", reason, re.DOTALL):
            return NotFoundError(f"The agent has no entrypoint `{self.tag}`.")
        if "is not a streaming entrypoint" in reason:
            return NonStreamEntrypointError(reason)
        return ValidationError(reason)


def _reason(frame: dict[str, JsonValue]) -> str | None:
    """The first text that can be a reason, in the frame or in its `data`."""
    inner = frame.get("data")
    for place in (frame, inner if isinstance(inner, dict) else {}):
        for key in ("error", "detail", "message"):
            reason = place.get(key)
            if isinstance(reason, str):
                return reason
            if isinstance(reason, dict) and isinstance(reason.get("message"), str):
                return str(reason["message"])
    return inner if isinstance(inner, str) else None


def _coded(error: dict[str, JsonValue]) -> AgentError:
    suggestion = error.get("suggestion")
    return error_of_code(
        str(error["code"]),
        str(error.get("message") or "The stream failed."),
        suggestion=suggestion if isinstance(suggestion, str) else None,
        details=error.get("details"),
    )
