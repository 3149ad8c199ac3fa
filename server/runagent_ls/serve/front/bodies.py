"""The body of a run: read within limits, and checked as the platform's framework does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, cast

from runagent_ls.agents.values import DEEPEST, JsonValue, is_deeper
from runagent_ls.serve.front.answers import Answer, detail, failure
from runagent_ls.serve.front.receiving import Share
from runagent_ls.serve.front.security import RawHeaders

STALLED_S: Final = 20.0
"""A body of which nothing comes for so long is given up."""
_LARGE: Final = 1024 * 1024
"""Bytes from which on a body is read in a thread, for others want to be answered meanwhile."""
_CLOSE: Final = ((b"connection", b"close"),)

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Call:
    """What a run is asked to do."""

    tag: str
    args: list[JsonValue]
    kwargs: dict[str, JsonValue]


class RefusedError(Exception):
    """The request is answered with `answer` instead."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"HTTP {answer.status}")
        self.answer = answer


async def read_body(receive: Receive, headers: RawHeaders, limit: int, share: Share) -> bytes:
    """All of it; RefusedError when it is longer than `limit` bytes, does not come as a whole, or
    finds no room."""
    for name, value in headers:
        if name == b"content-length" and int(value) > limit:
            raise RefusedError(_too_large(limit))
    piece, more = await _next(receive)
    if not more and len(piece) <= limit:
        return piece
    body = bytearray(piece)  # not a list of pieces: a client may send them byte by byte
    while len(body) <= limit:
        if not share.hold(len(body)):
            raise RefusedError(_no_room())
        if not more:
            return bytes(body)
        piece, more = await _next(receive)
        body += piece
    raise RefusedError(_too_large(limit))


async def _next(receive: Receive) -> tuple[bytes, bool]:
    """A piece, and whether more are to come."""
    try:
        async with asyncio.timeout(STALLED_S):
            message = await receive()
    except TimeoutError:
        said = f"No more of the request came within {STALLED_S:g} seconds."
        raise RefusedError(detail(408, said, _CLOSE)) from None
    if message["type"] == "http.disconnect":
        # what has come may look like a whole request
        raise RefusedError(detail(400, "The request broke off.", _CLOSE))
    return message.get("body", b""), message.get("more_body", False)


def _no_room() -> Answer:
    said = "Other large requests are being answered; try again in a moment."
    return failure(429, "OVERLOADED", said, headers=((b"retry-after", b"1"), *_CLOSE))


def _too_large(limit: int) -> Answer:
    said = f"The request is larger than {limit} bytes, which is the limit of this server."
    return failure(413, "VALIDATION_ERROR", said, headers=_CLOSE)


async def read_call(body: bytes, headers: RawHeaders) -> Call:
    """What the body asks for. RefusedError in the words of the platform's framework."""
    if not body:
        raise RefusedError(_unprocessable(_problem("missing", [], "Field required", None)))
    if not _is_json(headers):
        raise RefusedError(_unprocessable(_no_object(body.decode("utf-8", "replace"))))
    value = await asyncio.to_thread(_parsed, body) if len(body) > _LARGE else _parsed(body)
    if value is None:
        raise RefusedError(_unprocessable(_problem("missing", [], "Field required", None)))
    if not isinstance(value, dict):
        raise RefusedError(_unprocessable(_no_object(value)))
    return _call_of(value)


def _call_of(body: dict[str, JsonValue]) -> Call:
    tag = body.get("entrypoint_tag")
    args, kwargs = body.get("input_args", []), body.get("input_kwargs", {})
    if isinstance(tag, str) and isinstance(args, list) and isinstance(kwargs, dict):
        return Call(tag, args, kwargs)
    problems: list[JsonValue] = []
    if "entrypoint_tag" not in body:
        problems.append(_problem("missing", ["entrypoint_tag"], "Field required", body))
    elif not isinstance(tag, str):
        text = "Input should be a valid string"
        problems.append(_problem("string_type", ["entrypoint_tag"], text, tag))
    if not isinstance(args, list):
        problems.append(_problem("list_type", ["input_args"], "Input should be a valid list", args))
    if not isinstance(kwargs, dict):
        text = "Input should be a valid dictionary"
        problems.append(_problem("dict_type", ["input_kwargs"], text, kwargs))
    raise RefusedError(_unprocessable(*problems))


def _parsed(body: bytes) -> JsonValue:
    try:
        value = cast("JsonValue", json.loads(body))
    except json.JSONDecodeError as error:
        problem: JsonValue = {
            "type": "json_invalid",
            "loc": ["body", error.pos],
            "msg": "JSON decode error",
            "input": {},
            "ctx": {"error": error.msg},
        }
        raise RefusedError(_unprocessable(problem)) from None
    except (ValueError, RecursionError):  # bytes of no text; numbers of thousands of digits
        raise RefusedError(_UNREADABLE) from None
    # counting brackets is quick, visiting the whole value is not
    if body.count(b"[") + body.count(b"{") > DEEPEST and is_deeper(value, DEEPEST):
        raise RefusedError(_UNREADABLE)
    return value


_UNREADABLE: Final = detail(400, "There was an error parsing the body")


def _is_json(headers: RawHeaders) -> bool:
    """Also without a type."""
    for name, value in headers:
        if name == b"content-type":
            kind = value.partition(b";")[0].strip().lower()
            main, _, sub = kind.partition(b"/")
            return not kind or (main == b"application" and (sub == b"json" or sub[-5:] == b"+json"))
    return True


def _no_object(value: JsonValue) -> JsonValue:
    text = "Input should be a valid dictionary or object to extract fields from"
    return _problem("model_attributes_type", [], text, value)


def _problem(kind: str, place: list[JsonValue], message: str, value: JsonValue) -> JsonValue:
    return {"type": kind, "loc": ["body", *place], "msg": message, "input": value}


def _unprocessable(*problems: JsonValue) -> Answer:
    return detail(422, list(problems))
