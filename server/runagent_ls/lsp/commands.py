"""Running, serving and batches for any editor, by `workspace/executeCommand`."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from runagent_ls.features import entrypoints
from runagent_ls.lsp.batch import Batches
from runagent_ls.lsp.capabilities import (
    BATCH_COMMAND,
    COMMANDS,
    INSTALL_COMMAND,
    START_COMMAND,
    STOP_COMMAND,
    STREAM_COMMAND,
)
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.batch import BatchRequest, read_batch
from runagent_ls.lsp.messages.runs import RunRequest, read_run
from runagent_ls.lsp.messages.serving import StartRequest, read_start
from runagent_ls.lsp.progress import (
    LONG,
    SHORT,
    Progress,
    ProgressDisplay,
    as_text,
    batch_progress,
    shortened,
)
from runagent_ls.lsp.runs import Runs
from runagent_ls.lsp.serving.installing import Installing
from runagent_ls.lsp.serving.served import Served
from runagent_ls.lsp.serving.servers import Servers
from runagent_ls.lsp.serving.telling import agent_id_of
from runagent_ls.lsp.session import ERROR, INFO, Session

if TYPE_CHECKING:
    from runagent_ls.agents.runs import RunOutcome


class Commands:
    """Runs an entrypoint with nothing but standard messages."""

    def __init__(
        self,
        session: Session,
        runs: Runs,
        batches: Batches,
        servers: Servers,
        progress: Progress,
    ) -> None:
        self._session = session
        self._runs = runs
        self._batches = batches
        self._servers = servers
        self._progress = progress
        self._installing = Installing(session, servers, self._progress)
        self._numbers = count(1)
        session.on_async("workspace/executeCommand", self._execute)

    async def end(self) -> None:
        """For the end of the language server: nothing goes on."""
        await self._installing.end()

    async def _execute(self, params: Json) -> Json:
        command, arguments = params.get("command"), params.get("arguments")
        if command not in COMMANDS:
            raise InvalidParamsError(f"There is no command {command!r}")
        if not isinstance(arguments, list) or not arguments or not isinstance(arguments[0], dict):
            raise InvalidParamsError(f"{command} takes one object, with configUri among its fields")
        run_id, token = f"command-{next(self._numbers)}", params.get("workDoneToken")
        if command == BATCH_COMMAND:
            asked = {**_served_first(arguments[0]), "runId": run_id}
            return await self._run_batch(read_batch(asked), token)
        if command == START_COMMAND:
            return await self._start(read_start(arguments[0]), run_id, token)
        if command == STOP_COMMAND:
            return self._server(await self._servers.stop(reading.config_path(arguments[0])))
        if command == INSTALL_COMMAND:
            return await self._installing.install(arguments[0], run_id, token)
        request = read_run(_served_first(arguments[0]), run_id)
        if request.kwargs is None and (problem := self._unknown_tag(request)) is not None:
            return self._refused(request, problem)
        return await self._run(request, command == STREAM_COMMAND, token)

    async def _start(self, request: StartRequest, name: str, token: object) -> Json:
        agent = request.config_path.parent.name

        async def cancel() -> None:
            await self._servers.stop(request.config_path)

        shown = await self._progress.begin(name, f"Serving {agent}", token, cancel)
        try:
            served = await self._servers.start(
                request.config_path,
                request.options,
                lambda message: self._progress.report(shown, {"message": message}),
                exactly=True,
            )
        finally:
            self._progress.end(shown)
        message = self._server(served)
        if served.answers:
            self._session.show(INFO, f"{agent} is served at {message['address']}.")
        return message

    def _server(self, served: Served) -> Json:
        return served.to_message(self._session.uris.uri, agent_id_of(self._session, served))

    def _unknown_tag(self, request: RunRequest) -> str | None:
        """Why nothing was asked for that the project has, None when it has it."""
        if request.place.config_path is None:
            return None
        project = self._session.workspace.project(request.place.config_path)
        found = project.entrypoint_of(request.tag)
        return entrypoints.not_found(project, request.tag) if found is None else None

    def _refused(self, request: RunRequest, problem: str) -> Json:
        from runagent_ls.agents.errors import ValidationError
        from runagent_ls.agents.runs import RunOutcome

        outcome = RunOutcome("failed", None, 0.0, 0, error=ValidationError(problem))
        self._tell_end(request, outcome)
        return self._runs.ended(request, outcome).message

    async def _run(self, request: RunRequest, stream: bool, token: object) -> Json:
        async def cancel() -> None:
            await self._runs.cancel(request.run_id)

        title = f"{'Streaming' if stream else 'Running'} {request.tag}"
        shown = await self._progress.begin(request.run_id, title, token, cancel)
        display = ProgressDisplay(self._session, shown)
        try:
            ended = await self._runs.run(request, stream, display)
        finally:
            self._progress.end(shown)
        self._tell_end(request, ended.outcome)
        message = ended.message
        if stream:
            message["output"] = display.kept
            message["outputIsComplete"] = display.is_complete
        return message

    async def _run_batch(self, request: BatchRequest, token: object) -> Json:
        async def cancel() -> None:
            self._batches.cancel(request.run_id)

        title = f"Batch of {request.tag}"
        shown = await self._progress.begin(request.run_id, title, token, cancel)

        def tell(message: Json) -> None:
            self._progress.report(shown, batch_progress(message))
            if "notice" in message:
                self._session.log(INFO, message["notice"])

        try:
            report = await self._batches.run(request, tell)
        finally:
            self._progress.end(shown)
        said = f"{report['completed']} of {report['done']} items completed, {report['end']}"
        self._session.show(INFO, f"{request.tag}: {said}.")
        return report

    def _tell_end(self, request: RunRequest, outcome: RunOutcome) -> None:
        seconds = f"{outcome.elapsed_ms / 1000:.1f} s"
        if outcome.error is not None:
            error = outcome.error
            text = " ".join(filter(None, (f"{request.tag}: {error.message}", error.suggestion)))
            self._session.log(ERROR, f"{text} ({error.code})")
            self._session.show(ERROR, shortened(text, 2 * SHORT))
        elif outcome.state == "cancelled":
            end = "" if outcome.stopped else " The agent's function goes on until it returns."
            self._session.show(INFO, f"{request.tag}: cancelled after {seconds}.{end}")
        elif outcome.result is not None:
            value = as_text(outcome.to_message(request.run_id)["value"])
            self._session.log(INFO, f"{request.tag} ({seconds}): {shortened(value, LONG)}")
            self._session.show(INFO, f"{request.tag}: {shortened(value, SHORT)}")
        else:
            self._session.show(INFO, f"{request.tag}: {outcome.chunks} chunks in {seconds}.")


def _served_first(argument: Json) -> Json:
    """An agent that nobody answers for is served, unless `serve` is false; it may be an object too,
    that says how."""
    if isinstance(argument.get("serve"), dict):
        return argument
    return {**argument, "serve": {} if reading.boolean(argument, "serve", True) else None}
