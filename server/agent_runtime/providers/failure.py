"""What went wrong when a provider was asked, as a `ModelError` that never holds the key.

The SDKs of both providers are made by the same generator: what they raise has the same names and
attributes, and the same HTTP library beneath.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from agent_runtime.model import ModelError
from agent_runtime.orchestrator.retry import parse_retry_after

_LONGEST_DETAIL: Final = 500
_NUMBER: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_SHORTEST_SECRET: Final = 8
"""What is shorter stands for no key, like "none"."""

_NOT_STARTED: Final = frozenset({409, 429, 529})
"""Refused before the model was asked; another try may work."""

_UNCERTAIN: Final = frozenset({408})
"""Of those below 500 the one that may be answered after the model was asked."""

_STREAMS: Final = frozenset({"text/event-stream", "application/vnd.amazon.eventstream"})

_PERMANENT_KINDS: Final = frozenset(
    {
        "authentication_error",
        "billing_error",
        "insufficient_quota",
        "invalid_request_error",
        "not_found_error",
        "permission_error",
    }
)
"""What providers call errors that another try does not mend; they say so in a stream too."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked, and where. `key_variable` of the environment may hold the key, too."""

    provider: str
    model: str
    address: str = field(repr=False)
    key_variable: str
    secret: str = field(repr=False)

    @property
    def place(self) -> str:
        """What of `address` people may see; empty when it is no address."""
        return place_of(self.address)


def place_of(address: str) -> str:
    """Scheme and host, as the rest may hold what is not for others; empty for no address."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}{'' if port is None else f':{port}'}"


class BrokenOffError(Exception):
    """The reply ended before its end."""


class UnreadableError(Exception):
    """What came is not what this provider's API says."""


def early_end(headers: Mapping[str, str]) -> Exception:
    """Why a stream with these headers had no end."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _STREAMS:
        return BrokenOffError()
    return UnreadableError(f"{kind or 'no content'} in place of an event stream")


def model_error(error: Exception, asked: Asked) -> ModelError:
    """`error` of an SDK, or of reading what it gave, for people and for a retry."""
    import httpx2

    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _of_status(error, status, asked)
    if hasattr(error, "body") and error.body is not None:
        return _of_stream(error, asked)
    cause: BaseException = error
    if not isinstance(error, httpx2.HTTPError) and error.__cause__ is not None:
        cause = error.__cause__  # before the stream an SDK wraps what HTTP raises
    if isinstance(cause, httpx2.LocalProtocolError):
        # its text may show a header that the environment sets
        words = f"The request to {asked.place} cannot be sent: HTTP does not allow its headers."
        return _error(asked, words, False, False)
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
        words = f"{asked.place} cannot be reached{_because(cause)}. Check the network and base_url."
        return _error(asked, words, True, False)
    if isinstance(cause, httpx2.TimeoutException):
        return _error(asked, f"{asked.provider} sent nothing for too long.", True)
    broken = httpx2.TransportError | BrokenOffError | OSError  # OSError: a fault of TLS
    if isinstance(cause, broken) or _ends_in_a_character(cause):
        words = f"The reply of {asked.provider} broke off before its end{_because(cause)}."
        return _error(asked, words, True)
    because = _because(cause)
    words = f"{asked.place} sent what {asked.provider} does not send{because}. Check base_url."
    return _error(asked, words, False)


def _of_status(error: Exception, status: int, asked: Asked) -> ModelError:
    if status < 300:
        return _of_stream(error, asked)
    headers: Mapping[str, str] = getattr(getattr(error, "response", None), "headers", {})
    kinds, detail = _said(error)
    transient = status in _NOT_STARTED or status in _UNCERTAIN or status >= 500
    if status == 429 and kinds & _PERMANENT_KINDS:
        transient = False
    # not a standard header, but both providers send it and their SDKs obey
    transient = {"true": True, "false": False}.get(headers.get("x-should-retry", ""), transient)
    may_have_run = status in _UNCERTAIN or (status >= 500 and status not in _NOT_STARTED)
    words = f"{asked.provider} answered HTTP {status}{detail}{_advice(status, asked)}"
    pause = _retry_after(headers) if transient else None
    return _error(asked, words, transient, may_have_run, pause)


def _of_stream(error: Exception, asked: Asked) -> ModelError:
    """An error that was sent in place of the rest of the reply."""
    kinds, detail = _said(error)
    words = f"{asked.provider} broke off with an error{detail}"
    return _error(asked, words, not kinds & _PERMANENT_KINDS)


def _advice(status: int, asked: Asked) -> str:
    if status < 400:
        return " It leads elsewhere, where the key is not sent. Check base_url."
    if status in {401, 403}:
        where = f"api_key or {asked.key_variable}" if asked.key_variable else "that of the client"
        return f" Check the key ({where})."
    if status == 404:
        return f" Check the name of the model ({asked.model}) and base_url."
    return ""


def _said(error: Exception) -> tuple[set[str], str]:
    """The provider's words for the kind of error, and its message as the end of a sentence."""
    body: Any = getattr(error, "body", None)
    if isinstance(body, Mapping) and isinstance(body.get("error"), Mapping):
        body = body["error"]
    if not isinstance(body, Mapping):
        return set(), "."
    named = (body.get("code"), body.get("type"))
    kinds = [each for each in named if isinstance(each, str) and each]
    message = body.get("message")
    text = " ".join(message.split()) if isinstance(message, str) else ""
    said = text or next(iter(kinds), "")
    if not said:
        return set(), "."
    return set(kinds), f": {said}" if said.endswith((".", "!", "?")) else f": {said}."


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """In seconds. Providers send fractions, which the standard does not know; their SDKs obey."""
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        number = _NUMBER.fullmatch(headers.get(name, "").strip())
        if number is not None:
            return float(number[0]) / unit
    return parse_retry_after(headers.get("retry-after", ""))


def _ends_in_a_character(error: BaseException) -> bool:
    return isinstance(error, UnicodeDecodeError) and error.reason == "unexpected end of data"


def _because(error: BaseException) -> str:
    if isinstance(error, UnicodeDecodeError):
        return ""  # its text shows bytes
    words = " ".join(str(error).split()).rstrip(".")
    return f": {words}" if words else ""


def _error(
    asked: Asked,
    words: str,
    transient: bool,
    may_have_run: bool = True,
    retry_after: float | None = None,
) -> ModelError:
    # before it is cut, so that no part of a key stays
    is_secret = len(asked.secret) >= _SHORTEST_SECRET
    text = words.replace(asked.secret, "***") if is_secret else words
    if len(text) > _LONGEST_DETAIL:
        text = f"{text[:_LONGEST_DETAIL]}…"
    return ModelError(text, transient=transient, may_have_run=may_have_run, retry_after=retry_after)
