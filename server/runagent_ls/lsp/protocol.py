"""pygls' protocol, fed with whole messages and hardened.

Differences from the stock protocol, each for a reason:

* Every message reaches its handler as a plain dict: structuring it into classes costs more than
  answering, mangles objects such as the arguments of an agent, and making ready for it takes a
  twentieth of the start.
* Deferred requests are answered when the input is empty, so a burst of edits is checked once.
* Answers may be plain dicts, and `exit` ends the loop instead of raising through it.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable, Generator
from itertools import count
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcInvalidRequest
from pygls.protocol import LanguageServerProtocol, lsp_method

from runagent_ls.lsp import jsonrpc
from runagent_ls.lsp.jsonrpc import Json, MessageId

if TYPE_CHECKING:
    from cattrs import Converter
    from pygls.lsp.server import LanguageServer

logger = logging.getLogger(__name__)

_PYGLS_HANDLES: Final = frozenset({types.INITIALIZE, types.INITIALIZED, types.SHUTDOWN, types.EXIT})
"""What is left of pygls' own handlers, none of which looks at parameters."""


class Protocol(LanguageServerProtocol):
    """One connection to one client."""

    def __init__(self, server: LanguageServer, converter: Converter) -> None:
        super().__init__(server, converter)
        self.output: BinaryIO | None = None
        self.stopped: asyncio.Future[int] | None = None
        self._converts = False
        self._numbers = count(1)
        self._deferred: dict[MessageId, tuple[str, Json]] = {}
        self._deferred_methods: dict[str, Callable[[Json], object]] = {}
        for method in self.fm.builtin_features.keys() - _PYGLS_HANDLES:
            del self.fm.builtin_features[method]

    # --- towards the server ---------------------------------------------------------------

    def defer(self, method: str, handler: Callable[[Json], object]) -> None:
        """Answer requests of `method` by `handler` once no more input waits."""
        self._deferred_methods[method] = handler

    def receive(self, body: bytes) -> None:
        """Handle one message. Never raises."""
        try:
            message = jsonrpc.decode(body)
        except jsonrpc.InvalidMessageError as invalid:
            self.write(jsonrpc.error(invalid.message_id, invalid.code, str(invalid)))
            return
        try:
            self._dispatch(message)
        except Exception:
            logger.exception("A message could not be handled: %r", message.get("method"))

    def _dispatch(self, message: Json) -> None:
        method, message_id = message.get("method"), message.get("id")
        if not isinstance(method, str):
            self._handle_answer(message_id, message)
        elif self._shutdown and method != types.EXIT:
            if "id" in message:
                text = "The server is shutting down"
                self.write(jsonrpc.error(message_id, jsonrpc.INVALID_REQUEST, text))
        elif method in self._deferred_methods and "id" in message:
            self._deferred[message_id] = (method, _params(message))
        else:
            self._hand_over(method, message_id, message)

    def _hand_over(self, method: str, message_id: MessageId, message: Json) -> None:
        params = _params(message)
        context = contextvars.copy_context()
        if "id" in message:
            # JSON-RPC lets an id be null as well, which pygls does not declare.
            context.run(self._handle_request, message_id, method, params)  # type: ignore[arg-type]
        else:
            context.run(self._handle_notification, method, params)

    def _handle_notification(self, method_name: str, params: Any) -> None:  # noqa: ANN401 - pygls
        if method_name != types.CANCEL_REQUEST:
            super()._handle_notification(method_name, params)
            return
        message_id = params.get("id")
        if self._deferred.pop(message_id, None) is not None:
            text = "The request was cancelled"
            self.write(jsonrpc.error(message_id, jsonrpc.REQUEST_CANCELLED, text))
        elif (future := self._request_futures.get(message_id)) is not None:
            # The future stays known until its handler has ended: a run answers how it ended.
            future.cancel()

    def _handle_answer(self, message_id: MessageId, message: Json) -> None:
        # An answer to nothing has the id null; pygls declares int and str alone.
        future = self._request_futures.pop(message_id, None)  # type: ignore[arg-type]
        self._result_types.pop(message_id, None)  # type: ignore[arg-type]
        if future is None or future.done():
            return
        failure = message.get("error")
        if failure is not None:
            future.set_exception(ClientRefusedError(str(failure)))
        else:
            future.set_result(message.get("result"))

    def answer_deferred(self, input_is_empty: Callable[[], bool]) -> bool:
        """Answer the deferred requests that were not cancelled meanwhile.

        False when input came in between: it is read first, as it may cancel some of the others.
        """
        answered = False
        while self._deferred:
            if answered and not input_is_empty():
                return False
            answered = True
            message_id = next(iter(self._deferred))
            method, params = self._deferred.pop(message_id)
            try:
                answer = jsonrpc.result(message_id, self._deferred_methods[method](params))
            except jsonrpc.InvalidParamsError as error:
                answer = jsonrpc.error(message_id, jsonrpc.INVALID_PARAMS, str(error))
            except jsonrpc.RequestFailedError as error:
                answer = jsonrpc.error(message_id, jsonrpc.REQUEST_FAILED, str(error))
            except Exception as error:
                logger.exception("%s failed", method)
                answer = jsonrpc.error(message_id, jsonrpc.INTERNAL_ERROR, f"{method}: {error}")
            self.write(answer)
        return True

    # --- towards the client ---------------------------------------------------------------

    def write(self, message: object) -> None:
        """Send one message. A client that is gone ends the server."""
        if self.output is None or self.output.closed:
            return
        try:
            self.output.write(jsonrpc.encode(message, default=self._serialize_message))
            self.output.flush()
        except OSError:
            self.stop(1)

    def _serialize_message(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 - pygls
        """What pygls itself sends, which is rare: all of ours is plain."""
        if not self._converts:
            self._converter, self._converts = get_converter(), True
        return super()._serialize_message(data)

    def _send_data(self, data: Any) -> None:  # noqa: ANN401 - pygls
        self.write(data)

    def _send_response(
        self,
        msg_id: int | str,
        result: Any | None = None,  # noqa: ANN401 - pygls
        error: types.ResponseError | None = None,
    ) -> None:
        self._result_types.pop(msg_id, None)
        if error is not None:
            self.write(jsonrpc.error(msg_id, error.code, error.message))
            return
        try:
            self.write(jsonrpc.result(msg_id, result))
        except (TypeError, ValueError, RecursionError, AttributeError) as failure:
            logger.exception("An answer could not be written")
            self.write(jsonrpc.error(msg_id, jsonrpc.INTERNAL_ERROR, f"No answer: {failure}"))

    def notify_raw(self, method: str, params: Json) -> None:
        """Send a notification whose parameters are plain values already."""
        self.write({"jsonrpc": "2.0", "method": method, "params": params})

    async def ask(self, method: str, params: object) -> Any:  # noqa: ANN401 - any JSON
        """Send a request and wait for its plain result. Raises `ClientRefusedError`."""
        message_id = f"runagent-{next(self._numbers)}"
        future = asyncio.get_running_loop().create_future()
        # pygls declares the futures of concurrent.futures; asyncio's serve it as well.
        self._request_futures[message_id] = future  # type: ignore[assignment]
        self.write({"jsonrpc": "2.0", "id": message_id, "method": method, "params": params})
        return await future

    def stop(self, code: int) -> None:
        """End the server's loop with this exit code; the first call counts."""
        if self.stopped is not None and not self.stopped.done():
            self.stopped.set_result(code)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_args: object) -> Generator[Any, Any, None]:
        self.stop(0 if self._shutdown else 1)
        yield from ()

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """The first one was answered before pygls was loaded, so this is a second one."""
        raise JsonRpcInvalidRequest("The server is initialized already")
        yield


class ClientRefusedError(Exception):
    """The client answered a request of ours with an error."""


def _params(message: Json) -> Json:
    params = message.get("params")
    return params if isinstance(params, dict) else {}
