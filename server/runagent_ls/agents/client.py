"""One agent, ready to be called.

    async with AgentClient(target) as agent:
        result = await agent.run(Call("greet", kwargs={"name": "Ada"}))
        async for event in agent.stream(Call("tokens_stream")):
            ...

Cancelling the task that waits ends the call and closes its connection: a stream's generator is
then stopped at its next `yield`; the function of a plain call goes on and its result is lost.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from runagent_ls.agents.call import Call, RunResult, StreamEvent
from runagent_ls.agents.errors import AgentError, NotFoundError
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

if TYPE_CHECKING:
    from runagent_ls.agents.rest.client import RestClient
    from runagent_ls.agents.rest.records import (
        AgentStatus,
        Invocation,
        Invocations,
        InvocationStats,
    )
    from runagent_ls.agents.rest.reports import Architecture, Health

TAGS_LIMIT_S = 2.0
"""How long an error message may wait for the list of tags that makes it more helpful."""

TAGS_SHOWN = 8


class AgentClient:
    """Calls one agent. Use as an async context manager; safe for several calls at once.

    All methods raise AgentError and its subclasses only.
    """

    def __init__(self, target: Target, timeouts: Timeouts | None = None) -> None:
        self.target = target
        self.timeouts = timeouts or Timeouts()
        self._rest: RestClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._rest is not None:
            await self._rest.aclose()
            self._rest = None

    async def health(self) -> Health:
        """Who serves at the target's address."""
        with self._discreet():
            return await self._http().health()

    async def architecture(self) -> Architecture:
        """The entrypoints the agent serves."""
        with self._discreet():
            return await self._http().architecture()

    async def status(self) -> AgentStatus:
        """How the agent is, in its server's own word."""
        from runagent_ls.agents.rest.records import status_of

        with self._discreet():
            return status_of(await self._http().status())

    async def invocations(self, limit: int = 50, status: str | None = None) -> Invocations:
        """The newest runs a local server recorded, optionally those of one status only.

        Where the server fails on its own records (a NaN among them is enough), they are read from
        the registry file instead, and `note` says so. RequestRefusedError for the cloud.
        """
        from runagent_ls.agents.rest.recorded import recorded_instead
        from runagent_ls.agents.rest.records import invocations_of

        rest = self._local_http()
        try:
            return invocations_of(await rest.invocations(limit, status))
        except AgentError as error:
            found = await asyncio.to_thread(recorded_instead, self.target, limit, status, error)
            if found is None:
                raise
            return found

    async def invocation(self, invocation_id: str) -> Invocation:
        """One run a local server recorded. NotFoundError; RequestRefusedError for the cloud."""
        from runagent_ls.agents.rest.recorded import recorded_one_instead
        from runagent_ls.agents.rest.records import invocation_of

        rest = self._local_http()
        try:
            return invocation_of(await rest.invocation(invocation_id))
        except AgentError as error:
            found = await asyncio.to_thread(recorded_one_instead, invocation_id, error)
            if found is None:
                raise
            return found

    async def invocation_stats(self) -> InvocationStats:
        """Counts of the runs a local server recorded. RequestRefusedError for the cloud."""
        from runagent_ls.agents.rest.records import stats_of

        return stats_of(await self._local_http().invocation_stats())

    async def run(self, call: Call) -> RunResult:
        """The value of a plain entrypoint.

        StreamEntrypointError, before any request, for other tags.
        """
        call.require_plain()
        with self._discreet():
            try:
                return await self._http().run(call)
            except NotFoundError as error:
                raise await self._naming_tags(error, call.tag) from error

    async def stream(self, call: Call) -> AsyncGenerator[StreamEvent, None]:
        """Events of a streaming entrypoint as they arrive; returns after Completed.

        NonStreamEntrypointError, before any request, for other tags. Leaving the loop early
        leaves the connection open until the iterator is closed: use `contextlib.aclosing`.
        """
        async with aclosing(self.stream_batches(call)) as batches:
            async for batch in batches:
                for event in batch:
                    yield event

    async def stream_batches(self, call: Call) -> AsyncGenerator[list[StreamEvent], None]:
        """The same events, those together that arrived together. Less work for fast streams."""
        call.require_stream()
        from runagent_ls.agents.streams.stream import read_stream

        with self._discreet():
            try:
                async with aclosing(read_stream(self.target, call, self.timeouts)) as batches:
                    async for batch in batches:
                        yield batch
            except NotFoundError as error:
                raise await self._naming_tags(error, call.tag) from error

    @contextmanager
    def _discreet(self) -> Iterator[None]:
        """Advice fits the server that was asked. It may repeat the key; no error may show that."""
        try:
            yield
        except AgentError as error:
            from runagent_ls.agents.failures.own_server_advice import adapt_to_own_server

            adapt_to_own_server(error, self.target)
            if self.target.key is not None:
                from runagent_ls.agents.failures.cloud_advice import adapt_to_cloud
                from runagent_ls.agents.targets.credentials import forms_of

                adapt_to_cloud(error, self.target)
                error.hide(forms_of(self.target.key))
            raise

    def _http(self) -> RestClient:
        if self._rest is None:
            from runagent_ls.agents.rest.client import RestClient

            self._rest = RestClient(self.target, self.timeouts)
        return self._rest

    def _local_http(self) -> RestClient:
        if self.target.cloud:
            from runagent_ls.agents.rest.records import not_in_the_cloud

            raise not_in_the_cloud(self.target)
        return self._http()

    async def _naming_tags(self, error: NotFoundError, tag: str) -> NotFoundError:
        """The same error with the tags that exist, if the agent tells them at once."""
        try:
            async with asyncio.timeout(TAGS_LIMIT_S):
                tags = (await self.architecture()).tags
        except (AgentError, TimeoutError):
            return error
        nearest = difflib.get_close_matches(tag, tags, n=1)
        meant = f"Did you mean `{nearest[0]}`? " if nearest else ""
        served = ", ".join(f"`{t}`" for t in tags[:TAGS_SHOWN]) or "no entrypoints"
        if len(tags) > TAGS_SHOWN:
            served += f" and {len(tags) - TAGS_SHOWN} more"
        return NotFoundError(
            error.message,
            may_have_run=error.may_have_run,
            suggestion=f"{meant}It serves {served}. A tag that was added to the configuration "
            f"needs the agent to be {'deployed' if self.target.cloud else 'started'} again.",
            details={"tags": list(tags)},
        )
