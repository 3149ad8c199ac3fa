"""`runagent/verify`: an agent is imported to see what its entrypoints really are."""

from __future__ import annotations

import asyncio
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.messages.serving import failure_message, read_start, report_message
from runagent_ls.lsp.serving.interpreters import interpreter_for
from runagent_ls.lsp.serving.observing import Observing
from runagent_ls.lsp.session import Session
from runagent_ls.serve.state import StartFailedError

if TYPE_CHECKING:  # loaded with the first question
    from runagent_ls.project.interpreters import Interpreter
    from runagent_ls.serve.verification import Verification


class Verifying:
    """Verifies agents; whoever asks meanwhile gets the same answer."""

    def __init__(self, session: Session, observing: Observing) -> None:
        self._session = session
        self._observing = observing
        self._asked: dict[tuple[FilePath, FilePath], asyncio.Task[Verification]] = {}
        session.on_async("runagent/verify", self._verify)

    async def _verify(self, params: Json) -> Json:
        request = read_start(params)
        config = request.config_path
        interpreter = await interpreter_for(self._session, config, request.options.interpreter)
        found = await self._shared(config, interpreter)
        uri = self._session.uris.uri
        message: Json = {
            "interpreter": str(interpreter.path),
            "entrypoints": [report_message(report, uri) for report in found.reports],
        }
        if found.python is not None:
            message["python"] = found.python
        if found.failure is not None:
            message["failure"] = failure_message(found.failure, uri)
        return message

    async def _shared(self, config: FilePath, interpreter: Interpreter) -> Verification:
        key = (config, interpreter.path)
        task = self._asked.get(key)
        if task is None:
            work = self._look(config, interpreter)
            task = self._asked[key] = asyncio.get_running_loop().create_task(work)
            task.add_done_callback(lambda _: self._asked.pop(key, None))
        return await asyncio.shield(task)

    async def _look(self, config: FilePath, interpreter: Interpreter) -> Verification:
        from runagent_ls.serve.lifecycle.planning import plan_of
        from runagent_ls.serve.verification import Verification, verify

        try:
            plan = await asyncio.to_thread(plan_of, config, interpreter.path)
        except StartFailedError as error:
            found = Verification(interpreter.path, failure=error.failure)
        else:
            found = await verify(plan)
        self._observing.verified(config, found, interpreter.broken)
        return found
