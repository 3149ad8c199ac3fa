"""Rename of tags, functions, files and folders."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from runagent_ls.lsp.changes import change_message
from runagent_ls.lsp.client import dig
from runagent_ls.lsp.features.locations import asked, lines_of, span_message
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json, RequestFailedError
from runagent_ls.lsp.progress import Progress
from runagent_ls.lsp.session import WARNING, Session

if TYPE_CHECKING:  # loaded with the first question
    from runagent_ls.features.changes import Change
    from runagent_ls.features.snapshot import Snapshot

_LIMIT_S: Final = 30.0
_Wait: TypeAlias = Callable[[], Awaitable[None]]


class Renames:
    """Answers `textDocument/prepareRename`, `textDocument/rename`, `workspace/willRenameFiles`.

    For names that are not ours the answer is null, so that an editor asks the next server.
    """

    def __init__(
        self, session: Session, progress: Progress, searched: _Wait, caught_up: _Wait
    ) -> None:
        """`searched` waits until all agents are known, `caught_up` until all client code is read:
        a use that is not known would keep its name."""
        self._session = session
        self._progress = progress
        self._searched = searched
        self._caught_up = caught_up
        session.on_async("textDocument/prepareRename", self._prepare)
        session.on_async("textDocument/rename", self._rename)
        session.on_async("workspace/willRenameFiles", self._rename_files)

    async def _wait(self, wait: _Wait) -> None:
        try:
            await asyncio.wait_for(wait(), _LIMIT_S)
        except TimeoutError:
            text = "The workspace is still being read. Rename again when that is done."
            raise RequestFailedError(text) from None

    async def _prepare(self, params: Json) -> Json | None:
        from runagent_ls.features.changes import RefusedError
        from runagent_ls.features.rename.renaming import prepare

        place = asked(self._session, params)
        if place is None:
            return None
        try:
            found = await self._session.search(
                lambda it: prepare(it, place.path, place.offset), place.path
            )
        except RefusedError as refusal:
            raise RequestFailedError(str(refusal)) from refusal
        if found is None:
            return None
        lines = lines_of(self._session, place.path)
        return {"range": span_message(lines, found.span), "placeholder": found.name}

    async def _rename(self, params: Json) -> Json | None:
        from runagent_ls.features.changes import RefusedError
        from runagent_ls.features.rename.renaming import rename

        new_name = params.get("newName")
        if not isinstance(new_name, str):
            raise InvalidParamsError("newName must be a string")
        await self._wait(self._caught_up)
        place = asked(self._session, params)
        if place is None:
            return None

        def find(snapshot: Snapshot) -> Change | None:
            return rename(snapshot, place.path, place.offset, new_name)

        try:
            change = await self._progress.shown(
                "rename",
                f"Renaming to {new_name}",
                params.get("workDoneToken"),
                self._session.search(find, place.path),
            )
        except RefusedError as refusal:
            raise RequestFailedError(str(refusal)) from refusal
        return change_message(change, self._session) if change is not None else None

    async def _rename_files(self, params: Json) -> Json | None:
        from runagent_ls.features.changes import RenameFile
        from runagent_ls.features.rename.files import rename_files

        path = self._session.uris.path
        files = params.get("files")
        pairs = [
            (path(dig(it, "oldUri")), path(dig(it, "newUri")))
            for it in (files if isinstance(files, list) else ())
        ]
        renames = [
            RenameFile(old, new) for old, new in pairs if old is not None and new is not None
        ]
        found = await self._session.search(lambda it: rename_files(it, renames))
        for warning in found.warnings:
            self._session.show(WARNING, warning)
        return change_message(found.change, self._session) if found.change.edits else None
