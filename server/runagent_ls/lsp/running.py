"""`runagent/run`, `stream`, `cancel` and what belongs to them, for the RunAgent shell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from runagent_ls.lsp.batch import Batches
from runagent_ls.lsp.calling import Calling
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.runs import RunRequest, read_run
from runagent_ls.lsp.runs import Ended, Runs, Take
from runagent_ls.lsp.session import Session

if TYPE_CHECKING:  # the agents' side is loaded when something is run first
    from runagent_ls.agents.output import OutputMessage
    from runagent_ls.agents.runs import RunState
    from runagent_ls.agents.targets.target import Target

WINDOW: Final = 4
"""Batches that may be on their way without the client having said that it took them."""


class Running:
    """Starts and stops runs, each shown by notifications."""

    def __init__(self, session: Session, calling: Calling, runs: Runs, batches: Batches) -> None:
        self._session = session
        self._calling = calling
        self._runs = runs
        self._batches = batches
        self._displays: dict[str, ShellDisplay] = {}
        session.on_async("runagent/run", lambda params: self._run(params, stream=False))
        session.on_async("runagent/stream", lambda params: self._run(params, stream=True))
        session.on_async("runagent/cancel", self._cancel)
        session.on("runagent/outputAck", self._acknowledge)
        session.on("runagent/metrics", self._metrics)

    async def _run(self, params: Json, stream: bool) -> Json:
        return (await self.run(read_run(params), stream)).message

    async def run(self, request: RunRequest, stream: bool, take: Take | None = None) -> Ended:
        """Run to the end, shown by notifications; `take` as for `Runs.run`.

        Raises `InvalidParamsError` when a run of this id is going on.
        """
        if request.run_id in self._runs:
            raise InvalidParamsError(f"A run with the id {request.run_id!r} is going on already")
        display = ShellDisplay(self._session, request.run_id)
        self._displays[request.run_id] = display
        try:
            return await self._runs.run(request, stream, display, take)
        finally:
            del self._displays[request.run_id]

    async def _cancel(self, params: Json) -> Json:
        run_id = reading.text(params, "runId")
        if run_id in self._batches:
            return dict(self._batches.cancel(run_id))
        if (display := self._displays.get(run_id)) is not None:
            display.ended()
        return dict(await self._runs.cancel(run_id))

    def _acknowledge(self, params: Json) -> None:
        display = self._displays.get(reading.text(params, "runId"))
        sequence = params.get("seq")
        if display is not None and isinstance(sequence, int):
            display.acknowledge(sequence)

    def _metrics(self, _params: Json) -> Json:
        metrics = self._calling.metrics
        return {"snapshot": metrics.snapshot(), "prometheus": metrics.prometheus_text()}


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
