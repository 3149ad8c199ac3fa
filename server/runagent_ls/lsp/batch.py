"""`runagent/batch`: many inputs through one entrypoint, its progress told meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from runagent_ls.features import entrypoints
from runagent_ls.lsp.calling import Calling
from runagent_ls.lsp.frames import frames
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json, RequestFailedError
from runagent_ls.lsp.messages.batch import BatchRequest, read_batch
from runagent_ls.lsp.messages.runs import CancelResult
from runagent_ls.lsp.session import Session

if TYPE_CHECKING:  # loaded with the first batch
    from runagent_ls.agents.batch.plan import BatchPlan, BatchProgress, InputCheck
    from runagent_ls.agents.batch.report import BatchReport
    from runagent_ls.agents.batch.stopping import BatchStop
    from runagent_ls.features.entrypoints import EntrypointInfo

SHUTDOWN_S: Final = 2.0
FINISH_WITHIN_S: Final = 30.0
"""How long calls that run may go on after a batch was asked to stop."""
_NOTHING: Final[Json] = {
    "done": 0,
    "total": None,
    "failed": 0,
    "running": 0,
    "rate": None,
    "etaS": None,
    "paused": False,
}


class _Running:
    """A batch that goes on."""

    def __init__(self, stop: BatchStop, task: asyncio.Task[Json]) -> None:
        self.stop = stop
        self.task = task


class Batches:
    """All batches that have not ended, by the id that their client gave them."""

    def __init__(self, session: Session, calling: Calling) -> None:
        self._session = session
        self._calling = calling
        self._running: dict[str, _Running] = {}

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._running

    async def run(self, request: BatchRequest, tell: Callable[[Json], None]) -> Json:
        """Run to the end; `tell` gets each `BatchProgressParams`. Gives `BatchReport`.

        Cancelling the caller leaves the calls that run, and still gives the report.
        Raises `RequestFailedError` for files that cannot be read, written or gone on with.
        """
        from runagent_ls.agents.batch.stopping import BatchStop

        if request.run_id in self._running:
            raise InvalidParamsError(f"A batch with the id {request.run_id!r} is going on already")
        stop = BatchStop()
        task = asyncio.get_running_loop().create_task(self._execute(request, stop, tell))
        self._running[request.run_id] = _Running(stop, task)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            stop.now()
            current = asyncio.current_task()
            while current is not None and current.cancelling():
                current.uncancel()  # the answer tells how far the batch came
            return await task
        finally:
            del self._running[request.run_id]

    def cancel(self, run_id: str) -> CancelResult:
        """The first time let running calls end, the second time leave them."""
        running = self._running.get(run_id)
        if running is None:
            message = "This batch has ended already, or there never was one of this id."
            return {"found": False, "stopped": False, "message": message}
        if not running.stop.finishing:
            running.stop.finish()
            message = (
                f"Nothing new is begun. Calls that run have up to {FINISH_WITHIN_S:g} s to end; "
                "cancel again to leave them."
            )
            return {"found": True, "stopped": False, "message": message}
        running.stop.now()
        message = "The running calls were left; their items count as unknown."
        return {"found": True, "stopped": True, "message": message}

    async def stop_all(self) -> None:
        """For the end of the server: what is done is in the output, and can be gone on with."""
        running = list(self._running.values())
        for one in running:
            one.stop.now()
        if running:
            await asyncio.wait([one.task for one in running], timeout=SHUTDOWN_S)

    async def _execute(
        self, request: BatchRequest, stop: BatchStop, tell: Callable[[Json], None]
    ) -> Json:
        from runagent_ls.agents.batch.plan import BatchError
        from runagent_ls.agents.batch.runner import run_batch
        from runagent_ls.agents.errors import AgentError

        await self._session.settings_read()
        timeouts = self._calling.timeouts(request.place, request.options)
        teller = _Teller(request.run_id, tell)
        try:
            await self._calling.serve_first(request.place, timeouts, request.serve, teller.notice)
        except AgentError as error:
            words = " ".join(filter(None, (error.message, error.suggestion)))
            raise RequestFailedError(words) from error
        try:
            report = await run_batch(
                self._plan(request),
                self._calling.resolver(request.place, timeouts),
                on_progress=teller.progress,
                on_notice=teller.notice,
                stop=stop,
                metrics=self._calling.metrics,
            )
        except BatchError as error:
            words = " ".join(filter(None, (error.message, error.advice)))
            raise RequestFailedError(words) from error
        return self._message(request, report)

    def _plan(self, request: BatchRequest) -> BatchPlan:
        from runagent_ls.agents.batch.plan import BatchPlan

        info = self._known(request)
        return BatchPlan(
            tag=request.tag,
            input=request.input,
            output=request.output,
            input_format=request.input_format,
            concurrency=request.concurrency,
            resume=request.resume,
            ordered=request.ordered,
            timeouts=self._calling.timeouts(request.place, request.options),
            retries=request.options.retries,
            repeat_unsafe=request.options.repeat_unsafe,
            deduplicate=request.deduplicate,
            input_schema=info.input_schema if info and info.signature_certain else None,
            check=None if info is None or not request.options.validate else _check_of(info),
            finish_within=FINISH_WITHIN_S,
            user_id=request.options.user_id,
            persistent_memory=request.options.persistent_memory,
            extra=request.options.extra,
        )

    def _known(self, request: BatchRequest) -> EntrypointInfo | None:
        """What the project says about the inputs, when it is the project that is called."""
        config, other = request.place.config_path, request.place.agent_id
        if config is None:
            return None
        project = self._session.workspace.project(config)
        found = project.entrypoint_of(request.tag)
        if found is None or (other is not None and other != project.agent_id):
            return None
        return entrypoints.describe(found, project)

    def _message(self, request: BatchRequest, report: BatchReport) -> Json:
        message: Json = {
            **report.to_message(),
            "runId": request.run_id,
            "outputUri": request.output_uri,
        }
        if (error := report.error) is not None:
            config = request.place.config_path
            root = None if config is None else config.parent
            files, uri = self._session.workspace.files, self._session.uris.uri
            if found := frames(error.message, error.details, root, files, uri):
                message["error"]["frames"] = found
        return message


class _Teller:
    """Makes messages of how far the batch is."""

    def __init__(self, run_id: str, tell: Callable[[Json], None]) -> None:
        self._tell = tell
        self._message: Json = {"runId": run_id, **_NOTHING}

    def progress(self, progress: BatchProgress) -> None:
        self._message = {**self._message, **progress.to_message()}
        self._tell(self._message)

    def notice(self, text: str) -> None:
        self._tell({**self._message, "notice": text})


class BatchRequests:
    """Answers `runagent/batch`."""

    def __init__(self, session: Session, batches: Batches) -> None:
        self._session = session
        self._batches = batches
        session.on_async("runagent/batch", self._batch)

    async def _batch(self, params: Json) -> Json:
        return await self._batches.run(read_batch(params), self._tell)

    def _tell(self, message: Json) -> None:
        self._session.protocol.notify_raw("runagent/batchProgress", message)


def _check_of(info: EntrypointInfo) -> InputCheck:
    from runagent_ls.features.inputs import problems

    def check(args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[str]:
        return [one.message for one in problems(info, args, kwargs) if one.certain]

    return check
