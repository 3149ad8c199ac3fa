"""Runs of agents on behalf of the client: started, told of, cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

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

WINDOW: Final = 4
"""Batches that may be on their way without the client having said that it took them."""


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
    """A run that has not ended. `target` once it is known; `stopped` when a server of ours said
    whether the function has ended."""

    task: asyncio.Task[Ended]
    target: Target | None = None
    stopped: bool | None = None


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

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._going_on

    async def run(self, request: RunRequest, stream: bool, display: Display) -> Ended:
        """Run to the end, whatever that is. Cancelling the caller cancels the run.

        Raises `InvalidParamsError` when a run of this id is going on.
        """
        if request.run_id in self._going_on:
            raise InvalidParamsError(f"A run with the id {request.run_id!r} is going on already")
        task = asyncio.get_running_loop().create_task(self._execute(request, stream, display))
        run = self._going_on[request.run_id] = _GoesOn(task)
        try:
            return await asyncio.shield(task)
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
            if run.stopped is None
            else "returns: it did not end when it was asked to."
        )
        return {"found": True, "stopped": False, "message": message}

    async def _end(self, run: _GoesOn) -> None:
        """A server of ours is asked to end the function first: once the connection is closed it
        could not say any more whether it has."""
        if run.target is not None and run.target.run_id is not None and not run.task.done():
            from runagent_ls.agents.rest.privileged import end_run

            run.stopped = await end_run(run.target)
        run.task.cancel()
        await asyncio.wait([run.task])

    async def cancel_all(self) -> None:
        """Stop everything, for `shutdown`."""
        tasks = [run.task for run in self._going_on.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=2)

    async def _execute(self, request: RunRequest, stream: bool, display: Display) -> Ended:
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
        async with OutputBatcher(display.batch) as batcher:
            outcome = await execute(
                request.call(),
                self._resolver(request, timeouts, display),
                recording(_Sink(display, batcher), recorder),
                timeouts,
                stream=stream,
                policy=self._calling.policy(request.options),
            )
            outcome = self._as_it_ended(request.run_id, outcome)
            recorder.end(outcome)
            display.ended()
        return self.ended(request, outcome, recorder.history_id)

    def _resolver(
        self, request: RunRequest, timeouts: Timeouts, display: Display
    ) -> Callable[[], Awaitable[Target]]:
        """What finds the agent, and lets a server of ours know the run by a name."""
        find = self._calling.resolver(request.place, timeouts, request.serve, display.serving)

        async def found() -> Target:
            target = await find()
            if target.token is not None:
                target = replace(target, run_id=self._calling.names.name(request.run_id))
            self._going_on[request.run_id].target = target
            return target

        return found

    def _as_it_ended(self, run_id: str, outcome: RunOutcome) -> RunOutcome:
        """With what a server of ours said when it was asked to end the run."""
        stopped = self._going_on[run_id].stopped
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


class _Sink:
    """What `agents.runs` wants of a sink, on top of a display."""

    def __init__(self, display: Display, batcher: Any) -> None:  # noqa: ANN401 - imported late
        self._display = display
        self._batcher = batcher

    async def state(self, state: RunState, target: Target | None) -> None:
        self._display.state(state, target)

    async def output(self, items: Sequence[OutputItem]) -> None:
        await self._batcher.add(items)


class ShellDisplay:
    """Shows a run to the RunAgent shell by its own notifications, no faster than it can take."""

    def __init__(self, session: Session, run_id: str) -> None:
        self._session = session
        self._run_id = run_id
        self._sequence = 0
        self._acknowledged = 0
        self._released = False
        self._room = asyncio.Event()
        self._room.set()

    def state(self, state: RunState, target: Target | None) -> None:
        message: Json = {
            "runId": self._run_id,
            "state": state,
            "target": None if target is None else target.to_message(),
        }
        self._session.protocol.notify_raw("runagent/runState", message)

    def serving(self, message: str) -> None:
        told: Json = {"runId": self._run_id, "state": "serving", "target": None}
        self._session.protocol.notify_raw("runagent/runState", {**told, "message": message})

    async def batch(self, items: list[OutputMessage]) -> None:
        await self._room.wait()
        message = {"runId": self._run_id, "seq": self._sequence, "items": items}
        self._sequence += 1
        self._session.protocol.notify_raw("runagent/output", message)
        self._update()

    def acknowledge(self, sequence: int) -> None:
        """The client has taken the batch `sequence` and all before it."""
        if self._acknowledged <= sequence < self._sequence:
            self._acknowledged = sequence + 1
            self._update()

    def ended(self) -> None:
        self._released = True
        self._update()

    def _update(self) -> None:
        if self._released or self._sequence - self._acknowledged < WINDOW:
            self._room.set()
        else:
            self._room.clear()
