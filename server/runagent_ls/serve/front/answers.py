"""Answers in the platform's words: envelopes, details, and how they become bytes."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring
from typing import Final
from uuid import uuid4

from runagent_ls.agents.values import JsonValue, all_finite

_log = logging.getLogger(__name__)

_JSON: Final = (b"content-type", b"application/json")
_RAN: Final = b',"message":"Agent execution completed successfully","error":null,"timestamp":"'


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer over HTTP, as JSON unless another type is given. `headers` beside that."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content_type: tuple[bytes, bytes] = _JSON

    def all_headers(self) -> list[tuple[bytes, bytes]]:
        length = (b"content-length", b"%d" % len(self.body))
        return [length, self.content_type, *self.headers]


def json_bytes(value: JsonValue) -> bytes:
    """Compact JSON in UTF-8. NaN and the infinities, which JSON has not, become null."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        finite = all_finite(value)
        text = json.dumps(finite, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return utf8(text, value)


def utf8(text: str, value: JsonValue) -> bytes:
    """JSON text as bytes; `value` is what it says, for halves of surrogate pairs need escapes."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(all_finite(value), separators=(",", ":")).encode("ascii")


def now() -> str:
    """The moment as the platform's envelopes have it: local, without a zone."""
    return datetime.now().isoformat()


def ran(data: str) -> bytes:
    """The envelope of a run that went well; `data` is the structured string."""
    # put together by hand: this is what every run takes
    stamp = f'{now()}","request_id":"{uuid4()}"}}'.encode("ascii")
    return b"".join((b'{"success":true,"data":', _json_string(data), _RAN, stamp))


def envelope(data: JsonValue, message: str | None) -> Answer:
    """What went well."""
    return Answer(200, json_bytes({"success": True, "data": data, "message": message,
                                   "error": None, **_stamp()}))  # fmt: skip


def failure(  # what an error may carry
    status: int,
    code: str,
    message: str,
    *,
    details: JsonValue = None,
    field: str | None = None,
    suggestion: str | None = None,
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> Answer:
    """What went wrong. `suggestion` is left out when there is none, as the platform does."""
    error: dict[str, JsonValue] = {
        "code": code,
        "message": message,
        "details": details,
        "field": field,
    }
    if suggestion is not None:
        error["suggestion"] = suggestion
    body: JsonValue = {"success": False, "data": None, "message": None, "error": error, **_stamp()}
    return Answer(status, json_bytes(body), headers)


def failed_inside() -> Answer:
    """What is answered after an exception of ours, which goes into the server's log."""
    _log.exception("a request could not be answered")
    return failure(500, "INTERNAL_ERROR", "The server failed; its log says how.")


def detail(status: int, said: JsonValue, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    """What the platform's web framework answers by itself."""
    return Answer(status, json_bytes({"detail": said}), headers)


def _stamp() -> dict[str, JsonValue]:
    return {"timestamp": now(), "request_id": str(uuid4())}


def _json_string(text: str) -> bytes:
    try:
        return encode_basestring(text).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(text).encode("ascii")
