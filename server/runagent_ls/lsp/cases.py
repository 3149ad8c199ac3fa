"""`runagent/cases` and its like: the saved cases of agents, for the RunAgent shell."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path as FilePath
from time import perf_counter
from typing import TYPE_CHECKING, Final

from runagent_ls.lsp.background import in_thread
from runagent_ls.lsp.case_reading import current_files, read_whole
from runagent_ls.lsp.folders import Folders
from runagent_ls.lsp.jsonrpc import Json, RequestFailedError
from runagent_ls.lsp.messages import cases as messages
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.running import Running
from runagent_ls.lsp.session import Session
from runagent_ls.project.discovery import config_in
from runagent_ls.project.file_source import DiskFiles, FileText
from runagent_ls.project.model import AgentProject

if TYPE_CHECKING:  # loaded when a case is asked for first
    from runagent_ls.testing.model import Case
    from runagent_ls.testing.places import CasePlace
    from runagent_ls.testing.writing import NewCase

_SLICE_SECONDS: Final = 0.010
"""Reading many cases lets other messages through after this time."""


class Cases:
    """Finds, reads and writes cases."""

    def __init__(self, session: Session, folders: Folders, running: Running) -> None:
        self._session = session
        self._folders = folders
        self._running = running
        self._known: dict[FilePath, tuple[FileText, AgentProject, Case]] = {}
        folders.on_cases.append(self._changed)
        session.on_async("runagent/cases", self._cases, {"cases": []})
        session.on_async("runagent/cases/get", self._get)
        session.on_async("runagent/cases/save", self._save)
        session.on_async("runagent/cases/run", self._run)

    async def _cases(self, params: Json) -> Json:
        from runagent_ls.testing.places import cases_of

        asked = reading.optional_file(params, "configUri", "a configuration")
        if asked is None:
            await self._folders.searched()
        files = current_files(self._session)
        configs = self._session.workspace.configs if asked is None else (asked,)
        places = [place for config in configs for place in cases_of(config, files)]
        found, begin = [], perf_counter()
        for place in places:
            found.append(messages.summary_of(self._read(place), self._session.uris.uri))
            if perf_counter() - begin > _SLICE_SECONDS:
                await asyncio.sleep(0)
                begin = perf_counter()
        if asked is None:
            here = {place.path for place in places}
            self._known = {path: it for path, it in self._known.items() if path in here}
        return {"cases": found}

    def _read(self, place: CasePlace) -> Case:
        """A case; what was read before, as long as neither its text nor its agent changes."""
        text = self._session.workspace.files.read(place.path)
        project = self._session.workspace.project(place.config_path)
        known = self._known.get(place.path)
        if known is None or known[0] is not text or known[1] is not project:
            known = self._known[place.path] = (text, project, read_whole(self._session, place))
        return known[2]

    async def _get(self, params: Json) -> Json:
        return dict(messages.details_of(self.read(params), self._session.uris.uri))

    def read(self, params: Json) -> Case:
        """The case of `uri`. Raises `InvalidParamsError` and `RequestFailedError`."""
        from runagent_ls.testing.places import place_of

        path = reading.file(params, "uri", "a case")
        files = current_files(self._session)
        place = place_of(path, files)
        if place is None:
            raise RequestFailedError(
                f"{path} is no case: cases are the files .runagent/cases/<tag>/<name>.json beside "
                "an agent's configuration."
            )
        case = self._read(place)
        if case.text is None:
            raise RequestFailedError(case.problems[0].message)
        return case

    async def _run(self, params: Json) -> Json:
        from runagent_ls.agents.call import STREAM_SUFFIX
        from runagent_ls.testing.answer import Collector
        from runagent_ls.testing.judging import judge

        case = self.read(params)
        if case.problems:
            raise RequestFailedError(f"The case {case.place.name}: {case.problems[0].message}")
        request = messages.read_case_run(params, case)
        streams, collector = case.place.tag.endswith(STREAM_SUFFIX), Collector()
        ended = await self._running.run(request, streams, collector.take)
        failures = await judge(case.expect, collector.answer(ended.outcome, streams=streams))
        return {
            "passed": not failures,
            "outcome": ended.message,
            "failures": [messages.failure_of(failure, case) for failure in failures],
        }

    async def _save(self, params: Json) -> Json:
        from runagent_ls.testing.places import new_place

        config = reading.config_path(params)
        files = current_files(self._session)
        if files.kind(config) != "file":
            raise RequestFailedError(f"{config} is not there, so it has no cases.")
        if config_in(config.parent, files) != config:
            raise RequestFailedError(f"{config} is no agent's configuration, so it has no cases.")
        place = new_place(config, reading.text(params, "tag"), reading.text(params, "name"))
        case = messages.read_new_case(params)
        overwrite = reading.boolean(params, "overwrite", False)
        if overwrite:
            self._refuse_unsaved(place)
        saved = await in_thread(lambda: _write(place, case, overwrite), "save a case")
        if saved:
            self._session.workspace.files.refresh()
            self._changed([place.path])
        return {"uri": self._session.uris.uri(place.path), "saved": saved}

    def _changed(self, _paths: Sequence[FilePath]) -> None:
        self._session.protocol.notify_raw("runagent/casesChanged", {})

    def _refuse_unsaved(self, place: CasePlace) -> None:
        """What is written here would be in the way of what the editor will write."""
        workspace = self._session.workspace
        if not workspace.is_open(place.path):
            return
        if workspace.files.read(place.path).text != DiskFiles().read(place.path).text:
            raise RequestFailedError(
                f"The case {place.name} is open with changes that are not saved. Save or undo "
                "them, then save the case again."
            )


def _write(place: CasePlace, case: NewCase, overwrite: bool) -> bool:
    from runagent_ls.testing.writing import CaseWriteError, write_case

    try:
        return write_case(place, case, overwrite=overwrite)
    except CaseWriteError as error:
        raise RequestFailedError(str(error)) from error
