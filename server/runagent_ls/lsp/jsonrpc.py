"""JSON-RPC envelopes as plain values: what is needed before and below pygls."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, BinaryIO, Final, TypeAlias

MessageId: TypeAlias = int | str | None
Json: TypeAlias = dict[str, Any]

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603
NOT_INITIALIZED: Final = -32002
REQUEST_CANCELLED: Final = -32800
REQUEST_FAILED: Final = -32803

_HEAD: Final = re.compile(
    rb'\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*((?:0|[1-9][0-9]{0,17})\b|"[\w-]*")'
)
"""How a request begins, as clients write it."""


class InvalidParamsError(Exception):
    """A request's parameters have the wrong shape; the text says which and what was expected."""


class RequestFailedError(Exception):
    """A request that is well formed cannot be answered; the text tells people why."""


class InvalidMessageError(Exception):
    """A message is not one: `code` is the JSON-RPC error to answer with, to `message_id`."""

    def __init__(self, code: int, message: str, message_id: MessageId = None) -> None:
        super().__init__(message)
        self.code = code
        self.message_id = message_id


def decode(body: bytes) -> Json:
    """Read a message. Raises `InvalidMessageError` for what is no JSON object of JSON-RPC 2.0."""
    try:
        message = json.loads(body)
    except ValueError as error:
        raise InvalidMessageError(PARSE_ERROR, f"The message is not JSON: {error}") from error
    except RecursionError as error:  # it may be a request, whose sender waits for an answer
        head = _HEAD.match(body)
        asked = None if head is None else json.loads(head[1])
        raise InvalidMessageError(PARSE_ERROR, "A value is nested too deeply.", asked) from error
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise InvalidMessageError(INVALID_REQUEST, "The message is not a JSON-RPC 2.0 object")
    return message


def encode(message: Any, default: Callable[[Any], Any] | None = None) -> bytes:  # noqa: ANN401 - any JSON
    """Header and body. ASCII only, so that lone surrogates pass and characters are bytes."""
    try:
        body = json.dumps(message, default=default, separators=(",", ":"), allow_nan=False)
    except ValueError:
        body = _without_nan(json.dumps(message, default=default))
    return f"Content-Length: {len(body)}\r\n\r\n{body}".encode("ascii")


def _without_nan(text: str) -> str:
    """Agents may answer NaN and Infinity, which no JSON reader of an editor takes: as words."""
    return json.dumps(json.loads(text, parse_constant=str), separators=(",", ":"))


def result(message_id: MessageId, value: object) -> Json:
    return {"jsonrpc": "2.0", "id": message_id, "result": value}


def error(message_id: MessageId, code: int, message: str) -> Json:
    return {"jsonrpc": "2.0", "id": message_id, "error": {"code": code, "message": message}}


def send(output: BinaryIO, message: Json) -> None:
    """Write one message at once."""
    output.write(encode(message))
    output.flush()
