"""Ctrl+C during a call: a server of ours is asked to end the function before we leave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace

from runagent_ls.agents.outcome import RunOutcome
from runagent_ls.agents.targets.target import Target

Find = Callable[[], Awaitable[Target]]


class EndableCall:
    """One call whose function can be ended where its server allows that."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._target: Target | None = None

    async def find(self) -> Target:
        """As `find`, with a name for the run: without one it could not be ended."""
        from uuid import uuid4

        self._target = target = await self._find()
        if target.token is not None:
            self._target = target = replace(target, run_id=str(uuid4()))
        return target

    async def outcome(self, call: Coroutine[None, None, RunOutcome]) -> RunOutcome:
        """How `call` ends, which is cancelled when we are."""
        running = asyncio.create_task(call)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            while task is not None and task.cancelling():
                task.uncancel()
        # once the connection is closed, the server could not say any more whether it ended
        ended = await self._end()
        running.cancel()
        outcome = await running
        if not ended or outcome.state == "completed":
            return outcome
        return replace(outcome, state="cancelled", error=None, stopped=True)

    async def _end(self) -> bool:
        if self._target is None or self._target.run_id is None:
            return False
        from runagent_ls.agents.rest.privileged import end_run

        return await end_run(self._target) in ("ended", "not-there")
