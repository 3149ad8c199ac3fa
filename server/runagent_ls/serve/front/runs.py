"""Plain runs: from a request to its answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.front.answers import Answer, failure, ran
from runagent_ls.serve.front.bodies import Call, Receive, RefusedError, read_body, read_call
from runagent_ls.serve.front.context import Agent, FrontContext
from runagent_ls.serve.front.failures import code_of, overloaded, recorded_text, run_failed
from runagent_ls.serve.front.receiving import Room, Share
from runagent_ls.serve.front.security import RawHeaders
from runagent_ls.serve.front.webhooks import Webhooks
from runagent_ls.serve.invocations import Ended, Invocation
from runagent_ls.serve.plan import AgentPlan, PlannedEntrypoint, WebhookEntrypoint
from runagent_ls.serve.supervisor.runs import Output, OverloadedError, Run, RunFailedError

RUN_HEADER: Final = b"x-runagent-run"
"""With the token: the run's id, a UUID, so that the editor can cancel it and read its log."""
_GONE: Final = "Nobody waited for the run any more."
_NOT_BEGUN: Final = "The run was cancelled before it began."


@dataclass(frozen=True, slots=True)
class _Asked:
    plan: AgentPlan
    entrypoint: PlannedEntrypoint
    run: Run


class Runs:
    """Answers what is posted to `/run`."""

    def __init__(self, agent: Agent, context: FrontContext, room: Room) -> None:
        self._agent = agent
        self._room = room
        self._context = context
        self._webhooks = Webhooks(context.limits)

    async def answer(self, headers: RawHeaders, receive: Receive, *, privileged: bool) -> Answer:
        """Run the entrypoint that the request names. What the editor asked for ends when it goes
        away; other runs go on without their caller, as on the platform."""
        with Share(self._room) as share:
            try:
                call = await self._read(headers, receive, share)
                asked = self._asked(call, headers, privileged)
            except RefusedError as refused:
                return refused.answer
            answering = self._answered(asked, privileged=privileged)
            return await (_while_connected(answering, receive) if privileged else answering)

    async def _read(self, headers: RawHeaders, receive: Receive, share: Share) -> Call:
        body = await read_body(receive, headers, self._context.limits.body_bytes, share)
        return await read_call(body, headers)

    async def cancel(self, run_id: str) -> bool:
        """Whether the run has really ended."""
        return self._webhooks.cancel(run_id) or await self._agent.cancel(run_id)

    async def close(self) -> None:
        """No more runs come."""
        await self._webhooks.close()

    def _asked(self, call: Call, headers: RawHeaders, privileged: bool) -> _Asked:
        plan = self._agent.plan
        entrypoint = plan.entrypoint(call.tag)
        if entrypoint is None:
            raise RefusedError(failure(404, "NOT_FOUND", f"Entrypoint {call.tag} not found"))
        if call.tag.endswith("_stream"):
            said = f"Can't use Streaming Entrypoint `{call.tag}` through non-streaming endpoint."
            raise RefusedError(failure(400, "VALIDATION_ERROR", said))
        run_id = wanted_id(headers) if privileged else None
        return _Asked(
            plan, entrypoint, Run(run_id or str(uuid4()), call.tag, call.args, call.kwargs)
        )

    async def _answered(self, asked: _Asked, *, privileged: bool) -> Answer:
        """From here to where the agent has the run nothing waits: nobody may ask for the same run
        in between, or to end one that is known here and not there."""
        run, context = asked.run, self._context
        if context.invocations.goes_on(run.id):
            return failure(409, "VALIDATION_ERROR", f"A run {run.id} goes on already.")
        if context.unwanted.came(run.id):
            cancelled = RunFailedError("cancelled", _NOT_BEGUN)
            return run_failed(cancelled, asked.plan.agent_id, privileged=privileged)
        return await self._recorded(asked, self._begun(asked), privileged=privileged)

    def _begun(self, asked: _Asked) -> Invocation:
        invocations = self._context.invocations
        invocations.know(asked.plan.environment)
        return invocations.begin(self._invocation(asked))

    async def _recorded(self, asked: _Asked, invocation: Invocation, *, privileged: bool) -> Answer:
        """The answer, once the invocation is recorded and counted."""
        context, run = self._context, asked.run
        invocations = context.invocations
        session = context.metrics.begin(run.tag)
        try:
            output = await self._call(asked)
        except OverloadedError as error:
            invocations.forget(invocation)
            session.shed()
            session.end("failed", "OVERLOADED")
            return overloaded(error)
        except RunFailedError as error:
            session.end("cancelled" if error.kind == "cancelled" else "failed", code_of(error))
            said = recorded_text(error, asked.plan.agent_id)
            await invocations.end(invocation, Ended("failed", error.seconds, error=said))
            return run_failed(error, asked.plan.agent_id, privileged=privileged)
        except BaseException as error:
            cancelled = isinstance(error, asyncio.CancelledError)
            session.end("cancelled" if cancelled else "failed", type(error).__name__)
            said = _GONE if cancelled else str(error)
            invocations.end_soon(invocation, Ended("failed", 0.0, error=said))
            raise
        session.output(1, len(output.data))
        session.end("completed")
        await invocations.end(invocation, Ended("completed", output.seconds, output.data))
        return Answer(200, ran(output.data))

    async def _call(self, asked: _Asked) -> Output:
        if isinstance(asked.entrypoint, WebhookEntrypoint):
            return await self._webhooks.call(asked.entrypoint, asked.run)
        return await self._agent.call(asked.run)

    def _invocation(self, asked: _Asked) -> Invocation:
        run, plan, context = asked.run, asked.plan, self._context
        inputs: JsonValue = {"input_args": list(run.args), "input_kwargs": dict(run.kwargs)}
        client: JsonValue = {
            "server_host": context.host,
            "server_port": context.port,
            "agent_name": plan.name,
            "agent_framework": plan.framework,
        }
        return Invocation(run.id, plan.agent_id, run.tag, "local_server", inputs, client)


async def _while_connected(answering: Coroutine[None, None, Answer], receive: Receive) -> Answer:
    running = asyncio.ensure_future(answering)
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait({running, gone}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            return await running
        return failure(500, "CANCELLED", _GONE)  # which nobody reads
    finally:
        running.cancel()
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def wanted_id(headers: RawHeaders) -> str | None:
    """The run's id that the editor has chosen."""
    for name, value in headers:
        if name == RUN_HEADER:
            with contextlib.suppress(ValueError):
                return str(UUID(value.decode("latin-1")))
    return None
