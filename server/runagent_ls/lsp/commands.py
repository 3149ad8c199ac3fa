"""`runagent.run`, `runagent.stream` and `runagent.batch` for any editor, by
`workspace/executeCommand`."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from runagent_ls.features import entrypoints
from runagent_ls.lsp.batch import Batches
from runagent_ls.lsp.capabilities import BATCH_COMMAND, RUN_COMMAND, STREAM_COMMAND
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.messages.batch import BatchRequest, read_batch
from runagent_ls.lsp.messages.runs import RunRequest, read_run
from runagent_ls.lsp.protocol import ClientRefusedError
from runagent_ls.lsp.runs import Runs
from runagent_ls.lsp.session import ERROR, INFO, Session

if TYPE_CHECKING:
    from runagent_ls.agents.output import OutputMessage
    from runagent_ls.agents.runs import RunOutcome, RunState
    from runagent_ls.agents.targets.target import Target

_SHORT: Final = 200
"""Characters of a text in a popup or a progress line."""
_LONG: Final = 64 * 1024
"""Characters of a value in the log, and of a stream's output in the command's result."""


class Commands:
    """Runs an entrypoint with nothing but standard messages."""

    def __init__(self, session: Session, runs: Runs, batches: Batches) -> None:
        self._session = session
        self._runs = runs
        self._batches = batches
        self._numbers = count(1)
        self._tokens: dict[int | str, str] = {}
        session.on_async("workspace/executeCommand", self._execute)
        session.on_async("window/workDoneProgress/cancel", self._cancel)

    async def _execute(self, params: Json) -> Json:
        command, arguments = params.get("command"), params.get("arguments")
        if command not in (RUN_COMMAND, STREAM_COMMAND, BATCH_COMMAND):
            raise InvalidParamsError(f"There is no command {command!r}")
        if not isinstance(arguments, list) or not arguments or not isinstance(arguments[0], dict):
            raise InvalidParamsError(f"{command} takes one object: {{configUri, tag, kwargs?}}")
        run_id = f"command-{next(self._numbers)}"
        if command == BATCH_COMMAND:
            batch = read_batch({**arguments[0], "runId": run_id})
            return await self._run_batch(batch, params.get("workDoneToken"))
        request = read_run(arguments[0], run_id)
        if request.kwargs is None and (problem := self._unknown_tag(request)) is not None:
            return self._refused(request, problem)
        return await self._run(request, command == STREAM_COMMAND, params.get("workDoneToken"))

    def _unknown_tag(self, request: RunRequest) -> str | None:
        """Why nothing was asked for that the project has, None when it has it."""
        if request.place.config_path is None:
            return None
        project = self._session.workspace.project(request.place.config_path)
        found = entrypoints.find(project, request.tag)
        return entrypoints.not_found(project, request.tag) if found is None else None

    def _refused(self, request: RunRequest, problem: str) -> Json:
        from runagent_ls.agents.errors import ValidationError
        from runagent_ls.agents.runs import RunOutcome

        outcome = RunOutcome("failed", None, 0.0, 0, error=ValidationError(problem))
        self._tell_end(request, outcome)
        return self._runs.ended(request, outcome).message

    async def _run(self, request: RunRequest, stream: bool, token: object) -> Json:
        title = f"{'Streaming' if stream else 'Running'} {request.tag}"
        token = await self._begin(request.run_id, title, token)
        display = ProgressDisplay(self._session, token)
        try:
            ended = await self._runs.run(request, stream, display)
        finally:
            if token is not None:
                self._tokens.pop(token, None)
                self._session.progress(token, {"kind": "end"})
        self._tell_end(request, ended.outcome)
        message = ended.message
        if stream:
            message["output"] = display.kept
            message["outputIsComplete"] = display.is_complete
        return message

    async def _run_batch(self, request: BatchRequest, token: object) -> Json:
        token = await self._begin(request.run_id, f"Batch of {request.tag}", token)

        def tell(message: Json) -> None:
            if token is not None:
                self._session.progress(token, {"kind": "report", **batch_progress(message)})
            if "notice" in message:
                self._session.log(INFO, message["notice"])

        try:
            report = await self._batches.run(request, tell)
        finally:
            if token is not None:
                self._tokens.pop(token, None)
                self._session.progress(token, {"kind": "end"})
        said = f"{report['completed']} of {report['done']} items completed, {report['end']}"
        self._session.show(INFO, f"{request.tag}: {said}.")
        return report

    async def _begin(self, run_id: str, title: str, token: object) -> int | str | None:
        """Start progress by the client's token, or by one of ours where it takes those."""
        if not isinstance(token, int | str):
            if not self._session.client.shows_progress:
                return None
            token = f"runagent-{run_id}"
            try:
                await self._session.protocol.ask("window/workDoneProgress/create", {"token": token})
            except ClientRefusedError:
                return None
        self._tokens[token] = run_id
        self._session.progress(token, {"kind": "begin", "title": title, "cancellable": True})
        return token

    async def _cancel(self, params: Json) -> None:
        token = params.get("token")
        run_id = self._tokens.get(token) if isinstance(token, int | str) else None
        if run_id is not None and run_id in self._batches:
            self._batches.cancel(run_id)
        elif run_id is not None:
            await self._runs.cancel(run_id)

    def _tell_end(self, request: RunRequest, outcome: RunOutcome) -> None:
        seconds = f"{outcome.elapsed_ms / 1000:.1f} s"
        if outcome.error is not None:
            error = outcome.error
            text = " ".join(filter(None, (f"{request.tag}: {error.message}", error.suggestion)))
            self._session.log(ERROR, f"{text} ({error.code})")
            self._session.show(ERROR, shortened(text, 2 * _SHORT))
        elif outcome.state == "cancelled":
            end = "" if outcome.stopped else " The agent's function goes on until it returns."
            self._session.show(INFO, f"{request.tag}: cancelled after {seconds}.{end}")
        elif outcome.result is not None:
            value = as_text(outcome.to_message(request.run_id)["value"])
            self._session.log(INFO, f"{request.tag} ({seconds}): {shortened(value, _LONG)}")
            self._session.show(INFO, f"{request.tag}: {shortened(value, _SHORT)}")
        else:
            self._session.show(INFO, f"{request.tag}: {outcome.chunks} chunks in {seconds}.")


class ProgressDisplay:
    """Shows a run by `$/progress` reports and in the log; keeps the beginning of its output."""

    def __init__(self, session: Session, token: int | str | None) -> None:
        self._session = session
        self._token = token
        self._room = _LONG
        self.kept: list[Any] = []
        self.is_complete = True

    def state(self, state: RunState, target: Target | None) -> None:
        words = {"resolving": "Looking for the agent", "waiting": "Waiting for the next try"}
        self._report(words.get(state, f"{state.title()}{where_text(target)}"))

    def serving(self, message: str) -> None:
        self._report(message)

    async def batch(self, items: list[OutputMessage]) -> None:
        texts = [as_text(item.get("value", item.get("text"))) for item in items]
        for item, text in zip(items, texts, strict=True):
            self._room -= len(text)
            if self._room < 0:
                self.is_complete = False
            elif item["type"] != "unknown-frame":
                self.kept.append(item.get("value", item.get("text")))
        is_text = all(item["type"] == "text" for item in items)
        text = ("" if is_text else "\n").join(texts)
        self._session.log(INFO, shortened(text, _LONG))
        self._report(shortened(text.strip(), _SHORT))

    def ended(self) -> None:
        """Nothing waits here."""

    def _report(self, message: str) -> None:
        if self._token is not None:
            self._session.progress(self._token, {"kind": "report", "message": message})


def batch_progress(message: Json) -> Json:
    """How far a batch is, as a report of `$/progress`."""
    done, total, failed = message["done"], message["total"], message["failed"]
    words = f"{done} done" if total is None else f"{done} of {total}"
    report: Json = {"message": f"{words}, {failed} failed" if failed else words}
    if total:
        report["percentage"] = min(100 * done // total, 100)
    return report


def where_text(target: Target | None) -> str:
    """Where a run goes, and whether anything leaves this machine."""
    if target is None:
        return ""
    where = f" at {target.address}"
    if target.cloud:
        return f"{where}, in the cloud"
    if target.leaves_machine:
        return f"{where}, which is another machine"
    return f"{where}, which sends a copy to the cloud" if target.copies_to_cloud else where


def as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
