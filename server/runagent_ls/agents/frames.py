"""The messages of a stream: text of a frame in, event out.

{"type":"status","status":"stream_started","invocation_id":"..."}
{"type":"data","content":"<structured string>"}
{"type":"status","status":"stream_completed","total_chunks":3,"execution_time":0.15,...}
{"type":"error","detail":"..."}    a refusal, before the function is called
{"type":"error","error":"..."}     the function failed
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from runagent_ls.agents.call import Chunk, Completed, Started, StreamEvent, UnknownFrame
from runagent_ls.agents.errors import (
    AgentError,
    NonStreamEntrypointError,
    NotFoundError,
    StreamError,
    StreamRetryError,
    ValidationError,
    error_of_code,
)
from runagent_ls.agents.failures import advice_for
from runagent_ls.agents.values import JsonValue, decode, decode_as_written, parse, scan_unchecked

# How the local server spells a data frame: its content is then read in place.
_DATA_HEAD = '{"type":"data","content":'
_FAILED_STATUSES = {"stream_failed", "stream_error", "stream_interrupted"}
_SERVER_PREFIX = "Streaming error: "


class FrameReader:
    """Turns the messages of one stream into events, numbering the chunks.

    Attributes: `started` and `completed` tell which of the server's marks were seen, `chunks`
    how many chunks have come.
    """

    def __init__(self, tag: str) -> None:
        self.tag = tag
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
        if kind == "data" and "content" in frame:
            return self._chunk(frame["content"], text)
        if kind == "error":
            self.failure = self._failure(frame)
            return None
        if kind == "status":
            return self._status(frame, text)
        return UnknownFrame(text)

    def _status(self, frame: dict[str, JsonValue], text: str) -> StreamEvent | None:
        status = frame.get("status")
        invocation = frame.get("invocation_id")
        invocation_id = invocation if isinstance(invocation, str) else None
        if status == "stream_started":
            self.started = True
            return Started(invocation_id)
        if status == "stream_completed":
            self.completed = True
            total, seconds = frame.get("total_chunks"), frame.get("execution_time")
            return Completed(
                total if isinstance(total, int) else None,
                float(seconds) if isinstance(seconds, int | float) else None,
                invocation_id,
            )
        if status == "stream_retry":
            self.failure = StreamRetryError(_reason(frame) or "The service asks to try again.")
            return None
        if status in _FAILED_STATUSES:
            self.failure = StreamError(_reason(frame) or f"The stream ended with {status}.")
            return None
        return UnknownFrame(text)

    def _failure(self, frame: dict[str, JsonValue]) -> AgentError:
        for key in ("error", "detail", "data", "message"):
            error = frame.get(key)
            if isinstance(error, dict) and isinstance(error.get("code"), str):
                return _coded(error)
        reason = _reason(frame)
        if reason is None:
            return StreamError("The agent failed without saying why.", details={"frame": frame})
        if not self.started and "detail" in frame:
            return self._refusal(reason)
        message = reason.removeprefix(_SERVER_PREFIX)
        advice = advice_for(message)
        return StreamError(
            message or "The function raised an exception without a text.",
            suggestion=advice.suggestion,
            action=advice.action,
            details={"chunks": self.chunks},
        )

    def _refusal(self, reason: str) -> AgentError:
        """Refusals are known by their place in the protocol, so their text may be trusted."""
        if reason == f"Entrypoint {self.tag} not found":
            return NotFoundError(f"The agent has no entrypoint `{self.tag}`.")
        if re.search(r"is not a streaming entrypoint", reason):
            return NonStreamEntrypointError(reason)
        return ValidationError(reason)


def _reason(frame: dict[str, JsonValue]) -> str | None:
    for key in ("error", "detail", "message"):
        reason = frame.get(key)
        if isinstance(reason, str):
            return reason
    return None


def _coded(error: dict[str, JsonValue]) -> AgentError:
    suggestion = error.get("suggestion")
    return error_of_code(
        str(error["code"]),
        str(error.get("message") or "The stream failed."),
        suggestion=suggestion if isinstance(suggestion, str) else None,
        details=error.get("details"),
    )
