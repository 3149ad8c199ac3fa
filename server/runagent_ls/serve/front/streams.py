"""Streams over WebSocket: one request, then the chunks of one run.

    client  {"entrypoint_tag", "input_args", "input_kwargs"}
    server  {"type":"status","status":"stream_started",...}
            {"type":"data","content":...}, any number
            {"type":"status","status":"stream_completed",...}  or  {"type": "error", ...}

At any time after its request the client may say {"type":"stop_stream"}; the stream then ends with
the status `stream_stopped`. The client closes the connection.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote
from uuid import uuid4

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from agent_runtime.orchestrator.metrics import Session
from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.front.answers import json_bytes
from runagent_ls.serve.front.failures import FUNCTION_FAILED, code_of, details_of, field_of
from runagent_ls.serve.front.receiving import Share
from runagent_ls.serve.front.runs import wanted_id
from runagent_ls.serve.front.security import RawHeaders
from runagent_ls.serve.front.stream_requests import RefusedError, run_of
from runagent_ls.serve.front.websocket import (
    BinaryMessageError,
    Converse,
    DisconnectedError,
    WebSocket,
)
from runagent_ls.serve.invocations import Ended, Invocation, StreamSummary
from runagent_ls.serve.invocations.rows import SAMPLES
from runagent_ls.serve.supervisor.runs import OverloadedError, Run, RunFailedError

if TYPE_CHECKING:
    from uvicorn.server import ServerState
    from websockets.server import ServerProtocol

    from runagent_ls.serve.front.app import Front

_log = logging.getLogger(__name__)

FIRST_S: Final = 30.0
"""So long a client has to send its request."""
LINGER_S: Final = 60.0
"""A client that does not close its connection after the end of its stream is left after that."""
_SAMPLE: Final = 64 * 1024
"""Bytes of a chunk that are kept for the history."""


def stream_socket(front: Front, state: ServerState) -> WebSocket:
    """The protocol of a connection that asks for a stream."""

    def admit(request: Request, protocol: ServerProtocol) -> Response | Converse:
        headers = _raw(request.headers)
        refusal = refusal_of(front, request, headers, protocol)
        if refusal is not None:
            return refusal
        privileged = front.gate.privileged(headers)
        run_id = (wanted_id(headers) if privileged else None) or str(uuid4())
        return lambda socket: Conversation(front, socket, run_id, privileged=privileged).hold()

    return WebSocket(state, front.context.limits.frame_bytes, Share(front.room), admit)


def refusal_of(
    front: Front, request: Request, headers: RawHeaders, protocol: ServerProtocol
) -> Response | None:
    """The answer to a handshake that is not accepted: the platform's bare 403 for any path that
    is no stream of this agent."""
    refusal = front.gate.refusal(headers)
    if refusal is not None:
        response = protocol.reject(refusal.status, refusal.body.decode("utf-8"))
        del response.headers["Content-Type"]  # setting it would add a second one
        response.headers["Content-Type"] = "application/json"
        return response
    path = unquote(request.path.partition("?")[0])
    if path == f"/api/v1/agents/{front.agent.plan.agent_id}/run-stream":
        return None
    return protocol.reject(403, "")


def _raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [
        (name.lower().encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in headers.raw_items()
    ]


@dataclass(slots=True)
class _Sent:
    """What has gone out of a stream."""

    session: Session
    chunks: int = 0
    samples: list[bytes] = field(default_factory=list)

    def add(self, batch: list[bytes]) -> None:
        if self.chunks < SAMPLES:
            wanted = batch[: SAMPLES - self.chunks]
            self.samples += [text[:_SAMPLE] for text in wanted]
        self.chunks += len(batch)
        self.session.output(len(batch), sum(map(len, batch)))


class Conversation:
    """What is said on one connection. `run_id` is the invocation's as well."""

    def __init__(self, front: Front, socket: WebSocket, run_id: str, *, privileged: bool) -> None:
        self._agent = front.agent
        self._context = front.context
        self._socket = socket
        self._run_id = run_id
        self._privileged = privileged
        self._stopped = False
        self._stopping: asyncio.Task[bool] | None = None

    async def hold(self) -> None:
        """From the first message to the last. Raises nothing but CancelledError."""
        try:
            await self._recorded(await self._request())
            self._socket.forget_first()
            await asyncio.sleep(LINGER_S)
            self._socket.close(1000)
        except RefusedError as refused:
            self._refuse({"detail": str(refused)}, 1003)
        except OverloadedError as error:
            said: dict[str, JsonValue] = {"detail": error.message, "code": "OVERLOADED"}
            self._refuse({**said, "retry_after": error.retry_after}, 1013)
        except DisconnectedError:
            pass
        except Exception:  # noqa: BLE001 - one stream must not take others with it
            _log.exception("a stream broke off")
            self._socket.close(1011, "the server failed")

    def _refuse(self, said: dict[str, JsonValue], code: int) -> None:
        try:
            self._socket.send([json_bytes({"type": "error", **said})])
            self._socket.close(code)
        except DisconnectedError:
            pass

    async def _request(self) -> Run:
        try:
            message = await self._socket.first_message(FIRST_S)
        except TimeoutError:
            raise RefusedError(f"No request came within {FIRST_S:g} seconds.") from None
        except BinaryMessageError:
            raise RefusedError("The request must be a text message.") from None
        run = run_of(message, self._agent.plan, self._run_id)
        if self._context.invocations.goes_on(run.id):
            raise RefusedError(f"A run {run.id} goes on already.")
        if self._context.unwanted.came(run.id):
            raise RefusedError("The run was cancelled before it began.")
        self._socket.on_command(self._commanded)
        return run

    def _commanded(self, message: bytes) -> None:
        try:
            command = json.loads(message)
        except (ValueError, RecursionError):
            return
        if isinstance(command, dict) and command.get("type") == "stop_stream" and not self._stopped:
            self._stopped = True
            self._stopping = asyncio.ensure_future(self._agent.cancel(self._run_id))

    async def _recorded(self, run: Run) -> None:
        """The run with its frames, its invocation and its count."""
        invocations = self._context.invocations
        plan = self._agent.plan
        invocations.know(plan.environment)
        inputs: JsonValue = {"input_args": list(run.args), "input_kwargs": dict(run.kwargs)}
        client: JsonValue = {"connection_type": "websocket", "stream_mode": True}
        invocation = invocations.begin(
            Invocation(run.id, plan.agent_id, run.tag, "websocket_stream", inputs, client)
        )
        sent = _Sent(self._context.metrics.begin(run.tag))
        try:
            seconds = await self._sent(run, sent)
        except OverloadedError:
            invocations.forget(invocation)
            sent.session.shed()
            sent.session.end("failed", "OVERLOADED")
            raise
        except RunFailedError as error:
            await self._record_failure(invocation, sent, error)
        except BaseException as error:
            sent.session.end("cancelled")
            left = isinstance(error, asyncio.CancelledError | DisconnectedError)
            said = "WebSocket disconnected" if left else f"Streaming error: {error}"
            invocations.end_soon(invocation, Ended("failed", 0.0, error=said))
            raise
        else:
            sent.session.end("completed")
            summary = StreamSummary(sent.chunks, seconds, sent.samples)
            await invocations.end(invocation, Ended("completed", seconds, summary))
            self._ended("stream_completed", sent.chunks, seconds)

    async def _sent(self, run: Run, sent: _Sent) -> float:
        """Send the chunks as they come; the seconds that the function took."""
        async with self._agent.stream(run) as chunks:
            self._say({"type": "status", "status": "stream_started", "invocation_id": run.id})
            async for batch in chunks:
                sent.add(batch)
                self._socket.send(batch)
                if self._socket.full:
                    await self._socket.drained()
        return chunks.seconds

    async def _record_failure(
        self, invocation: Invocation, sent: _Sent, error: RunFailedError
    ) -> None:
        cancelled = error.kind == "cancelled"
        sent.session.end("cancelled" if cancelled else "failed", code_of(error))
        said = f"Streaming error: {error.message}"
        ended = Ended("failed", error.seconds, error=said)
        await self._context.invocations.end(invocation, ended)
        if self._stopped and cancelled:
            self._ended("stream_stopped", sent.chunks, error.seconds)
        else:
            self._failed(error, said)

    def _ended(self, status: str, chunks: int, seconds: float) -> None:
        self._say(
            {
                "type": "status",
                "status": status,
                "total_chunks": chunks,
                "execution_time": seconds,
                "invocation_id": self._run_id,
            }
        )

    def _failed(self, error: RunFailedError, said: str) -> None:
        frame: dict[str, JsonValue] = {"type": "error", "error": said}
        code, details = code_of(error), details_of(error, privileged=self._privileged)
        if code != FUNCTION_FAILED or details is not None:
            frame |= {"code": code, "field": field_of(error), "details": details}
        self._say(frame)

    def _say(self, frame: dict[str, JsonValue]) -> None:
        self._socket.send([json_bytes(frame)])
