"""Thought, action, observation, until there is an answer or a limit is reached."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_runtime.config import AgentConfig
from agent_runtime.events import (
    EndReason,
    FinalAnswer,
    MemoryRecalled,
    RecalledMemory,
    SessionEnded,
    Thought,
    Tokens,
)
from agent_runtime.model import ModelError, ModelReply
from agent_runtime.orchestrator.breaker import CircuitOpenError
from agent_runtime.persistence.store import UnsavableError
from agent_runtime.react.acting import Acting
from agent_runtime.react.cancels import CancelWatch
from agent_runtime.react.model_calls import ModelCalls
from agent_runtime.react.opening import Opened
from agent_runtime.react.parsing import EXPECTED, Answer, Malformed, parse_reply, well_formed
from agent_runtime.react.prompt import Prompt, Prompts
from agent_runtime.react.remembering import RecallError, Remembering
from agent_runtime.tokens import estimate_tokens
from agent_runtime.tools.errors import text_of
from agent_runtime.tools.registry import ToolRegistry

if TYPE_CHECKING:
    from agent_runtime.memory.kept import Recalled

LONGEST_THOUGHT = 20_000
"""Characters of a thought that are kept."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the loop stopped; `error` for people, when it failed."""

    reason: EndReason
    error: str | None = None
    cause: Exception | None = None


class ReactLoop:
    """Takes one session from where its journal ends to its end."""

    def __init__(
        self,
        config: AgentConfig,
        model: ModelCalls,
        tools: ToolRegistry,
        remembering: Remembering,
        opened: Opened,
    ) -> None:
        self._config = config
        self._model = model
        self._remembering = remembering
        self._prompts = Prompts(config, tools.descriptions())
        self._opened = opened
        self._log = opened.log
        self._state = opened.log.state
        self._watch = CancelWatch()
        self._acting = Acting(config, tools, opened, self._watch)

    async def run(self) -> Ending:
        """Keeps the first events and takes steps until the end. A cancel is kept, and raised.

        StoreError when something could not be saved: nothing goes on then, and the session can be
        resumed later. What no store takes ends the session.
        """
        begun = time.perf_counter()
        try:
            # at once: whatever stops this run, the next one knows of the call, too
            await self._log.keep(*self._acting.beginning())
            ending = await self._within_time()
        except asyncio.CancelledError:
            # without an end that could be saved, it counts as interrupted: also true. A store of
            # one's own may raise anything, which must not take the place of the cancel
            with suppress(Exception):
                if self._state.next_seq > 0:
                    await self._end(self._stopped("cancelled"), begun)
            raise
        if self._state.reason is None:
            await self._end(ending, begun)
        return ending

    async def _within_time(self) -> Ending:
        try:
            async with asyncio.timeout(self._config.time_limit) as limit:
                return await self._steps()
        except (RecallError, UnsavableError) as error:
            return _failed(error)
        except TimeoutError:
            if limit.expired():
                return self._stopped("time_limit")
            raise

    def _stopped(self, reason: EndReason) -> Ending:
        """It may have had the answer already."""
        return Ending(reason if self._state.answer is None else "answered")

    async def _steps(self) -> Ending:
        state = self._state
        if state.is_step_open and state.answer is None:
            await self._acting.finish_step()
        while state.answer is None:
            await self._log.room()
            self._watch.check()
            if not state.is_step_open:
                return Ending("max_iterations")
            if not state.has_recalled:
                await self._recall()
            prompt = self._prompts.next(state, self._opened.context)
            if self._is_over_budget(prompt):
                return Ending("token_budget")
            begun = time.perf_counter()
            try:
                reply = await self._model.ask(prompt.request, self._log)
            except (ModelError, CircuitOpenError) as error:
                return _failed(error)
            await self._follow(reply, prompt, (time.perf_counter() - begun) * 1000)
        return Ending("answered")

    async def _recall(self) -> None:
        """Once in a session: what is recalled stays in the prompt."""
        self._state.has_recalled = True
        found = await self._remembering.recall(self._state.input)
        events = self._acting.changes()
        if found is not None:
            recalled = MemoryRecalled(
                **self._log.stamp(),
                type="memory_recalled",
                memories=[_recalled(one) for one in found.memories],
                tokens=found.tokens,
            )
            events.append(recalled)
        if events:
            await self._log.keep(*events)

    def _is_over_budget(self, prompt: Prompt) -> bool:
        budget, spent = self._config.token_budget, self._state.tokens
        if budget is None:
            return False
        return spent["input"] + spent["output"] + prompt.tokens >= budget

    async def _follow(self, reply: ModelReply, prompt: Prompt, elapsed_ms: float) -> None:
        """Keeps what the model said and does what it wants."""
        parsed = parse_reply(reply)
        thought = Thought(
            **self._log.stamp(),
            type="thought",
            text=_cut(parsed.thought),
            tokens=tokens_of(reply, prompt),
            elapsed_ms=elapsed_ms,
        )
        match parsed:
            case Answer(_, text):
                answer = FinalAnswer(**self._log.stamp(), type="final_answer", text=text)
                self._remembering.remember_answer(self._state.input, text)
                await self._log.keep(thought, answer, *self._acting.changes())
            case Malformed(_, problem):
                told = self._acting.not_understood(f"{problem} {EXPECTED}")
                await self._log.keep(thought, *told)
            case _:
                await self._log.keep(thought, *self._acting.actions(parsed.calls))
                await self._acting.act()

    async def _end(self, ending: Ending, begun: float) -> None:
        state = self._state
        stamp = self._log.stamp()
        ended = SessionEnded(
            session=stamp["session"],
            seq=stamp["seq"],
            step=stamp["step"],
            at=stamp["at"],
            type="session_ended",
            reason=ending.reason,
            steps=state.step,
            tool_calls=state.tool_calls,
            tokens=state.tokens,
            recalls=state.recalls,
            entity_count=state.entity_count,
            elapsed_ms=(time.perf_counter() - begun) * 1000,
        )
        if ending.error is not None:
            ended["error"] = ending.error
        await self._log.keep(ended)


def _failed(error: Exception) -> Ending:
    return Ending("failed", well_formed(text_of(error)), error)


def _recalled(memory: Recalled) -> RecalledMemory:
    return RecalledMemory(
        id=memory.id,
        kind=memory.kind,
        text=memory.text,
        score=memory.score,
        recalls=memory.recalls,
    )


def tokens_of(reply: ModelReply, prompt: Prompt) -> Tokens:
    """As the provider counts, or else as we estimate."""
    if reply.usage is not None:
        usage = reply.usage
        return Tokens(input=usage.input_tokens, output=usage.output_tokens, estimated=False)
    written = estimate_tokens(reply.text) + sum(
        estimate_tokens(request.name) + estimate_tokens(request.arguments)
        for request in reply.tool_requests
    )
    return Tokens(input=prompt.tokens, output=written, estimated=True)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_THOUGHT else text[: LONGEST_THOUGHT - 1] + "…"
