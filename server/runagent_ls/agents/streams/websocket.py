"""The WebSocket side of an agent: one connection, one stream.

Built on the `websockets` library. Its own queue hands over one message per turn of the event
loop; this connection collects all messages of one read from the network and hands them over
together, which is what makes the stream as fast as a bare client although it decodes.

This module imports `websockets`: import it when a stream starts, not before.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    ProtocolError,
    ProxyError,
)
from websockets.frames import Frame, Opcode
from websockets.protocol import Event, State
from websockets.typing import BytesLike

from runagent_ls.agents.errors import (
    AgentError,
    AgentNotFoundLocalError,
    ConnectionFailedError,
    RequestRefusedError,
)
from runagent_ls.agents.rest.answer import Answer
from runagent_ls.agents.rest.answers import failure_of
from runagent_ls.agents.targets.connecting import connect_timed_out, connection_failed, proxy_failed
from runagent_ls.agents.targets.network import proxy_for, tls_context
from runagent_ls.agents.targets.own_servers import headers_of
from runagent_ls.agents.targets.target import Target
from runagent_ls.version import USER_AGENT

LARGEST_MESSAGE = 256 * 1024 * 1024
"""Bytes. Messages of 40 MB are real; without a limit a hostile one fills the memory."""
PING_INTERVAL_S = 20.0
"""Other machines hear from us this often, so that nothing on the way takes a quiet agent for a
dead connection. On this machine the server's own pings are enough."""
WAITING_LIMIT = 1024 * 1024
"""Bytes of unread messages from which on we stop reading, so that the agent has to wait."""

# bound once: looking a member up in its enum costs as much as reading a small frame's header
_TEXT, _BINARY, _CONT, _PONG = Opcode.TEXT, Opcode.BINARY, Opcode.CONT, Opcode.PONG


# The library writes the URL and the headers, and so the key, into its log.
_SILENT = logging.Logger("runagent_ls.agents.streams.websocket", logging.CRITICAL + 1)


class DisconnectedError(Exception):
    """The connection is gone; `code` and `reason` of the close frame, 1006 without one.

    `broken`: it was ended because what came is no WebSocket message.
    """

    def __init__(self, code: int, reason: str, *, broken: bool = False) -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason
        self.broken = broken


class MessageSocket(ClientConnection):
    """A connected WebSocket that is read in batches. Made by `open_socket`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._messages: list[BytesLike] = []
        self._waiting_bytes = 0
        self._paused = False
        self._fragments: list[BytesLike] = []
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None

    async def send_message(self, text: str) -> None:
        """Send one text message. A connection that is gone shows when it is read."""
        # the library's `send` would wait for the end of a connection that is being closed
        if not self._ended:
            with contextlib.suppress(ConnectionClosed):
                await self.send(text)

    async def receive(self) -> list[BytesLike]:
        """All messages that are there, at least one.

        What came before a close is delivered first, then DisconnectedError is raised.
        """
        while not self._messages:
            if self._ended:
                raise self._disconnected()
            self._waiter = self.loop.create_future()
            await self._waiter
        messages, self._messages = self._messages, []
        self._waiting_bytes = 0
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
        return messages

    def leave(self) -> None:
        """Say goodbye and close at once, without waiting for an answer. Never blocks."""
        if self.transport.is_closing():
            return
        if self.protocol.state is State.OPEN:
            self.protocol.send_close(1000)
            self.send_data()
        # a peer that reads nothing would keep the socket open for ever
        if self.transport.get_write_buffer_size() > 0:
            self.transport.abort()
        else:
            self.transport.close()

    def process_event(self, event: Event) -> None:
        if self.response is None or not isinstance(event, Frame):
            super().process_event(event)
            return
        opcode = event.opcode
        if opcode is _TEXT or opcode is _BINARY:
            if not event.fin:
                self._fragments = [event.data]
                return
            message = event.data
        elif opcode is _CONT:
            if event.data:  # empty ones could go on for ever
                self._fragments.append(event.data)
            if not event.fin:
                return
            message = b"".join(self._fragments)
            self._fragments = []
        else:
            if opcode is _PONG:
                self.acknowledge_pings(bytes(event.data))
            return
        self._messages.append(message)
        self._waiting_bytes += len(message)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._waiting_bytes > WAITING_LIMIT and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        # the library would go on reading an answer that is none, and for ever if it has no end
        if self.response is None and self.protocol.handshake_exc is not None:
            self.transport.abort()
        # after a close frame, or one that breaks the protocol, nothing more will come
        if self.protocol.state is not State.OPEN and self.response is not None:
            self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done() and (self._messages or self._ended):
            waiter.set_result(None)

    def _disconnected(self) -> DisconnectedError:
        received = self.protocol.close_rcvd
        if received is not None:
            return DisconnectedError(received.code, received.reason)
        broken = self.protocol.parser_exc
        return DisconnectedError(
            1006,
            str(broken) if broken is not None else "",
            broken=isinstance(broken, ProtocolError),
        )


class _NoRedirect(connect):
    """A redirect could take the inputs and the key to another machine."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def open_socket(target: Target, connect_limit: float | None) -> MessageSocket:
    """Connect to the stream of an agent; `connect_limit` in seconds.

    Proxies and certificates of the environment are for other machines only. A key is sent to the
    cloud only. Raises ConnectionFailedError, or what the server's refusal stands for.
    """
    try:
        connection = await _opening(target, connect_limit)
    except TimeoutError as error:
        raise connect_timed_out(target, connect_limit) from error
    # without the cause: the library's errors may show the URL, which holds the key
    except ProxyError as error:
        raise proxy_failed(error, target) from None
    except (InvalidHandshake, InvalidURI, OSError, EOFError) as error:
        raise _refused(error, target) from None
    assert isinstance(connection, MessageSocket)  # noqa: S101 - what create_connection makes
    return connection


def _opening(target: Target, connect_limit: float | None) -> connect:
    url, headers = target.stream_url, headers_of(target.token, target.run_id)
    if target.key is not None:
        # the platform's stream looks for the key in the URL only
        url = f"{url}?token={quote(target.key.reveal(), safe='')}"
        headers = {"Authorization": f"Bearer {target.key.reveal()}"}
    proxy = proxy_for(target.scheme, target.host, target.port)
    tls: dict[str, Any] = {}
    if target.scheme == "https":
        tls["ssl"] = tls_context()
    if proxy is not None and proxy.startswith("https://"):
        tls["proxy_ssl"] = tls_context()
    return _NoRedirect(
        url,
        create_connection=MessageSocket,
        additional_headers=headers,
        compression=None if not target.leaves_machine else "deflate",
        max_size=LARGEST_MESSAGE,
        # No limit for the answer: our limit for silence is the caller's idle limit.
        ping_interval=PING_INTERVAL_S if target.cloud or target.leaves_machine else None,
        ping_timeout=None,
        open_timeout=connect_limit,
        user_agent_header=USER_AGENT,
        proxy=proxy,
        logger=_SILENT,
        **tls,
    )


def _refused(error: Exception, target: Target) -> AgentError:
    if isinstance(error, InvalidStatus):
        refusal = _refusal_of(error, target)
        refusal.may_have_run = False
        return refusal
    reset = isinstance(error, ConnectionResetError | BrokenPipeError)
    # over TLS nothing has been said in WebSocket yet when a connection is reset
    if isinstance(error, OSError) and (not reset or target.scheme == "https"):
        return connection_failed(error, target)
    return ConnectionFailedError(
        f"What answers at {target.address} does not speak WebSocket.",
        suggestion="Check the base URL of the cloud."
        if target.cloud
        else "Check the port; `runagent serve` prints the right one as its Address.",
        action="change-target",
        kind="protocol",
        may_have_run=False,
        details={"reason": f"{type(error).__name__}: {error}"},
    )


def _refusal_of(error: InvalidStatus, target: Target) -> AgentError:
    """The handshake was answered with something else than a stream."""
    response = error.response
    status = response.status_code
    if not target.cloud and status in (403, 404):
        return AgentNotFoundLocalError(
            f"The server at {target.address} does not serve the agent {target.agent_id} "
            f"(it refused the stream with HTTP {status}).",
            suggestion="Compare the agent id with the one of the agent that is served there.",
            action="change-target",
            details={"status": status},
        )
    headers = {name.lower(): value for name, value in response.headers.raw_items()}
    answer = Answer(status, bytes(response.body or b""), target, headers)
    try:
        body = answer.json()
    except ValueError:
        body = None
    if status == 200:
        return RequestRefusedError(
            f"The server at {target.address} answered the stream with a page.",
            details=answer.details(),
        )
    return failure_of(answer, body if isinstance(body, dict) else {})
