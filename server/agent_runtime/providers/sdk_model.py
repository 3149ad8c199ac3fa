"""What models of providers with an official SDK have in common."""

from __future__ import annotations

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Final, Generic, Protocol, Self, TypeVar, cast
from urllib.parse import urlsplit

from agent_runtime.json_value import JsonValue
from agent_runtime.limits import check_seconds
from agent_runtime.model import ModelError, ModelReply, ModelRequest, ToolRequest
from agent_runtime.providers.failure import Asked, model_error, place_of
from agent_runtime.providers.loop_clients import LoopClients

if TYPE_CHECKING:
    import ssl

    import httpx2

_CONNECT_S: Final = 10.0
_IDLE_S: Final = 30.0
"""So long a connection is kept for the next request: tools take their time between two."""


class SdkClient(Protocol):
    """What clients of all providers have, whatever cloud they are for."""

    @property
    def base_url(self) -> httpx2.URL:
        """Where requests go."""

    def with_options(self, *, max_retries: int) -> Self:
        """The same client with the same connections, but for that."""

    async def close(self) -> None:
        """Closes its connections."""


_Client = TypeVar("_Client", bound=SdkClient)


class SdkModel(ABC, Generic[_Client]):
    """Asks a provider through its SDK; subclasses know which.

    Requests of one event loop share connections, which are closed when the loop ends, or by
    `aclose`. A request ends with the task that made it, and its connection with it.
    """

    provider: ClassVar[str]
    package: ClassVar[str]
    lowest_version: ClassVar[int]
    key_variable: ClassVar[str]
    address_variable: ClassVar[str]
    usual_address: ClassVar[str]
    resource: ClassVar[str]
    reserved: ClassVar[frozenset[str]] = frozenset({"model", "messages", "stream"})

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None,
        base_url: str | None,
        timeout: float,
        tool_calling: bool,
        extra_body: Mapping[str, JsonValue] | None,
        client: _Client | Callable[[], _Client] | None,
    ) -> None:
        _require(self.package, self.lowest_version, type(self).__name__)
        if client is not None and (api_key is not None or base_url is not None):
            raise ValueError("a client has its own key and address: give them to it")
        check_seconds("timeout", timeout)
        taken = self.reserved.intersection(extra_body or ())
        if taken:
            raise ValueError(f"extra_body must not set {', '.join(sorted(taken))}")
        self._model = model
        self._api_key = api_key
        self._base_url = base_url
        self._timeout = timeout
        self._tool_calling = tool_calling
        self._extra_body = dict(extra_body or {})
        self._certificates: ssl.SSLContext | None = None
        self._own = client
        self._owns = LoopClients(self._made_by_caller)
        self._https = LoopClients(self._http)

    @property
    def name(self) -> str:
        """The model's name at its provider."""
        return self._model

    def __repr__(self) -> str:
        at = "" if self._base_url is None else f" at {place_of(self._base_url) or 'no address'}"
        return f"<{type(self).__name__} {self._model}{at}>"

    async def reply(self, request: ModelRequest) -> ModelReply:
        """The whole reply. It is streamed too: that keeps long ones alive."""
        *_, last = [piece async for piece in self.stream(request)]
        if not isinstance(last, ModelReply):
            raise AssertionError("a stream ends with the whole reply, or with a ModelError")
        return last

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | ModelReply]:
        """Pieces of the text as they come and, last, the whole reply. Raises ModelError."""
        async with self._ready() as (asked, client):
            try:
                async with aclosing(self._said(request, client)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except Exception as error:  # noqa: BLE001 - whatever an SDK makes of hostile bytes
                failed = model_error(error, asked)
        # here, not above: what the SDK raised may hold the key and must not be its context
        raise failed

    async def aclose(self) -> None:
        """Closes its connections; that of a request under way when it has ended. The next request
        opens others.

        Not needed where the loop ends, as after `asyncio.run`. A `client` that was given stays.
        """
        await self._https.aclose()
        await self._owns.aclose()

    @abstractmethod
    def _said(self, request: ModelRequest, client: _Client) -> AsyncGenerator[str | ModelReply]:
        """As `stream`, with whatever the SDK raises."""

    @abstractmethod
    def _client(self, asked: Asked, http: httpx2.AsyncClient) -> _Client:
        """A client of the SDK for a request, on connections that it shares with others."""

    @asynccontextmanager
    async def _ready(self) -> AsyncIterator[tuple[Asked, _Client]]:
        """Who is asked, through what. ModelError."""
        if self._own is None:
            asked = self._asked()
            if self._certificates is None:
                # importing an SDK and reading certificates takes a second
                self._certificates = await asyncio.to_thread(self._prepare)
            async with self._https.using() as http:
                yield asked, self._client(asked, http)
        elif callable(self._own):
            async with self._owns.using() as owned:
                yield self._through(owned.client)
        else:
            yield self._through(self._own)

    def _through(self, own: _Client) -> tuple[Asked, _Client]:
        # the key is known to be hidden; a cloud's own are no part of what an SDK says
        secret = getattr(own, "api_key", None) or getattr(own, "auth_token", None)
        asked = Asked(
            provider=self.provider,
            model=self._model,
            address=str(own.base_url),
            key_variable="",
            secret=secret if isinstance(secret, str) else "",
        )
        return asked, own.with_options(max_retries=0)  # whoever asks decides, and counts

    def _made_by_caller(self) -> _Owned[_Client]:
        return _Owned(cast("Callable[[], _Client]", self._own)())

    def _http(self) -> httpx2.AsyncClient:
        from httpx2 import Limits

        from agent_runtime.providers.kept_connections import KeptConnections

        return KeptConnections(
            verify=self._certificates or True,
            timeout=self._limits(),
            # many sessions may ask at once, as the SDKs have it
            limits=Limits(
                max_connections=1_000, max_keepalive_connections=100, keepalive_expiry=_IDLE_S
            ),
            follow_redirects=False,  # the key is for nobody else
        )

    def _prepare(self) -> ssl.SSLContext:
        import httpx2

        import_module(self.resource)  # the SDKs import it late
        return httpx2.create_ssl_context()

    def _limits(self) -> httpx2.Timeout:
        import httpx2

        return httpx2.Timeout(self._timeout, connect=min(self._timeout, _CONNECT_S))

    def _asked(self) -> Asked:
        """Where the request goes, with which key. ModelError when that cannot be."""
        asked = Asked(
            provider=self.provider,
            model=self._model,
            address=self._base_url or os.environ.get(self.address_variable) or self.usual_address,
            key_variable=self.key_variable,
            secret=(self._api_key or os.environ.get(self.key_variable, "")).strip(),
        )
        trouble = _trouble(asked)
        if trouble:
            raise ModelError(trouble, transient=False, may_have_run=False)
        return asked


class _Owned(Generic[_Client]):
    """A client that the caller made, closed like others."""

    def __init__(self, client: _Client) -> None:
        self.client = client

    async def aclose(self) -> None:
        await self.client.close()


def whole_requests(requests: list[ToolRequest], is_cut: bool) -> list[ToolRequest]:
    """A tool without arguments is called without any text, where {} is meant. When the reply was
    cut at the limit of tokens, the last call may have had arguments to come: it is none then."""
    if is_cut and requests and not requests[-1].arguments:
        requests = requests[:-1]
    return [ToolRequest(each.name, each.arguments or "{}") for each in requests]


def sendable(text: str) -> str:
    """`text` without halves of characters, which a tool may give and no request can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _trouble(asked: Asked) -> str:
    if not asked.place:
        return f"The base URL for {asked.provider} must be like https://host/v1."
    if "@" in urlsplit(asked.address).netloc:
        # it would be shown wherever an address is logged
        return f"The base URL for {asked.provider} must not hold a user or a password."
    if not asked.secret:
        return (
            f"There is no key for {asked.provider}: give api_key or set {asked.key_variable}. "
            'A server that needs none takes any, like api_key="none".'
        )
    if not (asked.secret.isascii() and asked.secret.isprintable()):
        return (
            f"The key for {asked.provider} has a line break or a character that no key has. "
            f"Look at api_key or {asked.key_variable}."
        )
    return ""


def _require(package: str, lowest: int, needed_by: str) -> None:
    from importlib.metadata import PackageNotFoundError, version

    install = f'pip install "{package}>={lowest}"'
    try:
        found = version(package)
    except PackageNotFoundError:
        words = f"{needed_by} needs the package {package}: {install}"
        raise ImportError(words, name=package) from None
    major = found.partition(".")[0]
    if major.isdigit() and int(major) < lowest:
        words = f"{needed_by} needs {package} {lowest} or newer, and {found} is here: {install}"
        raise ImportError(words, name=package)
