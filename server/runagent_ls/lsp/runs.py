"""Runs of agents on behalf of the client: started, told of, cancelled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from runagent_ls.lsp.calling import Calling
from runagent_ls.lsp.frames import frames
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.loading import load
from runagent_ls.lsp.messages.runs import CancelResult, RunRequest
from runagent_ls.lsp.recording import Recording
from runagent_ls.lsp.serving.served import frames_of_start
from runagent_ls.lsp.session import Session
from runagent_ls.lsp.validation import refusal

if TYPE_CHECKING:  # the agents' side is loaded when something is run first
    from runagent_ls.agents.output import OutputMessage
    from runagent_ls.agents.runs import OutputItem, RunOutcome, RunState
    from runagent_ls.agents.targets.target import Target
    from runagent_ls.agents.timeouts import Timeouts


Take: TypeAlias = "Callable[[Sequence[OutputItem]], None]"


class Display(Protocol):
    """Where a run shows itself."""

    def state(self, state: RunState, target: Target | None) -> None: ...

    def serving(self, message: str) -> None:
        """The agent is being started; `message` says how far that is."""

    async def batch(self, items: list[OutputMessage]) -> None:
        """Show items; the agent is not read on while this waits."""

    def ended(self) -> None:
        """The run is over: what is still on its way must not wait any more."""


@dataclass(slots=True)
class _GoesOn:
    """A run that has not ended. `target` once it is known; `ending` asks a server of ours whether
    the function has ended; `is_over` when only that, and writing it down, is left."""

    task: asyncio.Task[Ended]
    target: Target | None = None
    ending: asyncio.Task[bool | None] | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over. `message` is its `RunOutcome` of the schema."""

    outcome: RunOutcome
    message: Json


class Runs:
    """All runs that have not ended, by the id that their client gave them."""

    def __init__(self, session: Session, calling: Calling, recording: Recording) -> None:
        self._session = session
        self._calling = calling
        self._recording = recording
        self._going_on: dict[str, _GoesOn] = {}
        self.watchers: list[Callable[[RunRequest, Ended, bool], None]] = []
        """Called when a run is over, with whether it is held against what is expected of it."""

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._going_on

    async def run(
        self, request: RunRequest, stream: bool, display: Display, take: Take | None = None
    ) -> Ended:
        """Run to the end, whatever that is. Cancelling the caller cancels the run.

        `take` gets the output as it came, before anything of it is cut for display. Raises
        `InvalidParamsError` when a run of this id is going on.
        """
        if request.run_id in self._going_on:
            raise InvalidParamsError(f"A run with the id {request.run_id!r} is going on already")
        task = asyncio.get_running_loop().create_task(self._execute(request, stream, display, take))
        run = self._going_on[request.run_id] = _GoesOn(task)
        try:
            ended = await asyncio.shield(task)
            for watcher in self.watchers:
                watcher(request, ended, take is not None)
            return ended
        except asyncio.CancelledError:
            current = asyncio.current_task()
            while current is not None and current.cancelling():
                current.uncancel()  # the answer tells how the run ended
            display.ended()
            await self._end(run)
            return self._never_begun(request) if task.cancelled() else task.result()
        finally:
            del self._going_on[request.run_id]

    async def cancel(self, run_id: str) -> CancelResult:
        """Stop a run and say honestly what was stopped."""
        run = self._going_on.get(run_id)
        if run is None:
            message = "This run has ended already, or there never was one of this id."
            return {"found": False, "stopped": False, "message": message}
        await self._end(run)
        if run.task.cancelled():  # before it began
            return {"found": True, "stopped": True, "message": "The run was stopped."}
        outcome = run.task.result().outcome
        if outcome.state != "cancelled":
            message = f"The run had ended by itself: {outcome.state}."
            return {"found": True, "stopped": True, "message": message}
        if outcome.stopped:
            return {"found": True, "stopped": True, "message": "The run was stopped."}
        message = "We no longer wait for the answer, but the agent's function goes on until it "
        message += (
            "returns: RunAgent has no way to stop a plain call."
            if run.ending is None or run.ending.result() is None
            else "returns: it did not end when it was asked to."
        )
        return {"found": True, "stopped": False, "message": message}

    async def _end(self, run: _GoesOn) -> None:
        """A server of ours is asked to end the function first: once the connection is closed it
        could not say any more whether it has."""
        named = run.target is not None and run.target.run_id is not None
        if named and run.target is not None and run.ending is None and not run.is_over:
            run.ending = asyncio.get_running_loop().create_task(_function_ended(run.target))
        if run.ending is not None:
            await asyncio.wait([run.ending])
        if not run.is_over:
            run.task.cancel()
        await asyncio.wait([run.task])

    async def cancel_all(self) -> None:
        """Stop everything, for `shutdown`."""
        tasks = [run.task for run in self._going_on.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=2)

    async def _execute(
        self, request: RunRequest, stream: bool, display: Display, take: Take | None
    ) -> Ended:
        await load(stream=stream)
        from runagent_ls.agents.history import recording
        from runagent_ls.agents.output import OutputBatcher
        from runagent_ls.agents.runs import RunOutcome, execute

        await self._session.settings_read()
        config = request.place.config_path
        project = None if config is None else self._session.workspace.project(config)
        if (error := refusal(request, stream, project)) is not None:
            display.ended()
            return self.ended(request, RunOutcome("failed", None, 0.0, 0, error=error))
        timeouts = self._calling.timeouts(request.place, request.options)
        recorder = await self._recording.begin(request, stream)
        if (never_begun := await self._served_first(request, timeouts, display)) is not None:
            display.ended()
            self._recording.end(recorder, never_begun)
            return self.ended(request, never_begun, recorder.history_id)
        async with OutputBatcher(display.batch) as batcher:
            outcome = await execute(
                request.call(),
                self._resolver(request, timeouts),
                recording(_Sink(display, batcher, take), recorder),
                timeouts,
                stream=stream,
                policy=self._calling.policy(request.options),
            )
            outcome = await self._as_it_ended(request.run_id, outcome)
            self._recording.end(recorder, outcome)
            display.ended()
        return self.ended(request, outcome, recorder.history_id)

    async def _served_first(
        self, request: RunRequest, timeouts: Timeouts, display: Display
    ) -> RunOutcome | None:
        """How the run ended before it began, None when it can begin."""
        from runagent_ls.agents.errors import AgentError
        from runagent_ls.agents.runs import RunOutcome

        place, serve = request.place, request.serve
        begun = time.perf_counter()
        try:
            await self._calling.serve_first(place, timeouts, serve, display.serving)
        except AgentError as error:
            return RunOutcome("failed", None, _milliseconds(begun), 0, error=error)
        except asyncio.CancelledError:
            return RunOutcome("cancelled", None, _milliseconds(begun), 0, stopped=True)
        return None

    def _resolver(self, request: RunRequest, timeouts: Timeouts) -> Callable[[], Awaitable[Target]]:
        """What finds the agent, and lets a server of ours know the run by a name."""
        find = self._calling.resolver(request.place, timeouts)
        run = self._going_on[request.run_id]

        async def found() -> Target:
            target = await find()
            if run.ending is not None:  # that was about the call before, and the run's last
                raise asyncio.CancelledError
            if target.token is not None:
                target = replace(target, run_id=self._calling.names.name(request.run_id))
            run.target = target
            return target

        return found

    async def _as_it_ended(self, run_id: str, outcome: RunOutcome) -> RunOutcome:
        """With what a server of ours says when it is asked to end the run."""
        run = self._going_on[run_id]
        run.is_over = True
        stopped = None if run.ending is None else await run.ending
        if stopped is None or outcome.state == "completed":
            return outcome
        by_us = stopped or (outcome.error is not None and outcome.error.code == "CANCELLED")
        if outcome.state == "failed" and not by_us:
            return outcome
        return replace(outcome, state="cancelled", error=None, stopped=stopped)

    def _never_begun(self, request: RunRequest) -> Ended:
        from runagent_ls.agents.runs import RunOutcome

        return self.ended(request, RunOutcome("cancelled", None, 0.0, 0, stopped=True))

    def ended(
        self, request: RunRequest, outcome: RunOutcome, history_id: str | None = None
    ) -> Ended:
        """The outcome with what only the server knows of it."""
        message: Json = outcome.to_message(request.run_id)
        if history_id is not None:
            message["historyId"] = history_id
        if (error := outcome.error) is not None:
            config = request.place.config_path
            root = None if config is None else config.parent
            files, uri = self._session.workspace.files, self._session.uris.uri
            found = frames_of_start(error, uri) or frames(
                error.message, error.details, root, files, uri
            )
            if found:
                message["error"]["frames"] = found
        return Ended(outcome, message)


async def _function_ended(target: Target) -> bool | None:
    """Whether a server of ours has ended the run; None when it could not be asked."""
    from runagent_ls.agents.rest.privileged import end_run

    ending = await end_run(target)
    return None if ending == "not-asked" else ending != "goes-on"


class _Sink:
    """What `agents.runs` wants of a sink, on top of a display."""

    def __init__(
        self,
        display: Display,
        batcher: Any,  # noqa: ANN401 - imported late
        take: Take | None,
    ) -> None:
        self._display = display
        self._batcher = batcher
        self._take = take

    async def state(self, state: RunState, target: Target | None) -> None:
        self._display.state(state, target)

    async def output(self, items: Sequence[OutputItem]) -> None:
        if self._take is not None:
            self._take(items)
        await self._batcher.add(items)


def _milliseconds(begun: float) -> float:
    return (time.perf_counter() - begun) * 1000
