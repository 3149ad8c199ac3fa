"""Client code of the workspace folders, read in the background."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path as FilePath
from time import perf_counter
from typing import Final

from runagent_ls.lsp.background import in_thread
from runagent_ls.lsp.progress import Progress
from runagent_ls.lsp.session import LOG, Session
from runagent_ls.project.clients.disk import Look, Signature, look
from runagent_ls.project.clients.languages import is_client_language
from runagent_ls.project.clients.reading import calls_in
from runagent_ls.project.discovery import is_left_out
from runagent_ls.project.file_source import DiskFiles

logger = logging.getLogger(__name__)

_SLICE_SECONDS: Final = 0.010
_SLOW_SECONDS: Final = 0.03
"""A file that takes so long to read stands on a disk that must not be waited for."""
_FAST_SECONDS: Final = 0.005
_PROGRESS_AFTER_SECONDS: Final = 0.3


class Indexing:
    """Keeps the workspace's index in line with the disk; open buffers are not its business.

    Folders tell it of files. Most have no call in their bytes and go no further; the others are
    parsed, one at a time, so that messages get through in between.
    """

    def __init__(self, session: Session, progress: Progress) -> None:
        self._session = session
        self._index = session.workspace.index
        self._progress = progress
        self._seen: dict[FilePath, Signature | None] = {}
        self._waiting: dict[FilePath, None] = {}
        self._looked_at: FilePath | None = None
        """The file in a thread's hands."""
        self._disk_is_slow = True
        self._reading: asyncio.Task[None] | None = None
        self._done = 0

    # --- what others tell -----------------------------------------------------------------

    def found(self, folder: FilePath, files: Sequence[FilePath]) -> None:
        """A search found all client code below a workspace folder."""
        gone = set(self._known_below(folder)).difference(files)
        self._forget(path for path in gone if self._folder_of(path) in (folder, None))
        self._read(files)

    def closed(self, folder: FilePath) -> None:
        """A workspace folder is no longer of interest."""
        self._forget(path for path in self._known_below(folder) if not self._is_wanted(path))

    def changed(self, paths: Iterable[FilePath]) -> None:
        """Files or folders were written, created or deleted."""
        wanted: list[FilePath] = []
        for path in paths:
            if is_client_language(path):
                wanted.append(path)
            elif not path.suffix:  # perhaps a folder
                wanted += self._known_below(path)
        wanted = [path for path in wanted if self._folder_of(path) is not None]
        if wanted:
            self._session.spawn(self._sort_out(wanted), "Looking at changed client code")

    async def caught_up(self) -> None:
        """Wait until all files that are known by now have been read."""
        while self._reading is not None and not self._reading.done():
            await asyncio.wait((self._reading,))  # who gives up waiting must not end it

    # --- which files ----------------------------------------------------------------------

    async def _read_configs(self) -> None:
        """What all agents are called, which is known long before all of them are checked."""
        workspace = self._session.workspace
        begin = perf_counter()
        for config in workspace.configs:
            if config not in workspace.agents:
                workspace.agents.refresh(config)
            if perf_counter() - begin > _SLICE_SECONDS:
                await asyncio.sleep(0)
                begin = perf_counter()

    async def _sort_out(self, paths: Sequence[FilePath]) -> None:
        """Read those that no .gitignore hides."""

        def choose() -> list[tuple[FilePath, bool]]:
            files = DiskFiles()
            return [(path, self._is_left_out(path, files)) for path in paths]

        chosen = await in_thread(choose, "changed client code")
        self._forget(path for path, left_out in chosen if left_out)
        self._read(path for path, left_out in chosen if not left_out)

    def _is_left_out(self, path: FilePath, files: DiskFiles) -> bool:
        folder = self._folder_of(path)
        return folder is None or is_left_out(path, folder, files)

    def _folder_of(self, path: FilePath) -> FilePath | None:
        """The outermost workspace folder around a file: its .gitignore counts."""
        folders = self._session.folders
        return next((it for it in reversed(path.parents) if it in folders), None)

    def _is_wanted(self, path: FilePath) -> bool:
        return self._folder_of(path) is not None

    def _known_below(self, folder: FilePath) -> list[FilePath]:
        inside = f"{folder}{os.sep}"  # a tenth of the time of `is_relative_to`, of thousands
        return [path for path in self._seen if str(path).startswith(inside)]

    def _forget(self, paths: Iterable[FilePath]) -> None:
        for path in list(paths):
            self._seen.pop(path, None)
            self._waiting.pop(path, None)
            if self._looked_at == path:
                self._looked_at = None
            if not self._session.workspace.is_open(path):
                self._index.put(path, None)

    # --- reading --------------------------------------------------------------------------

    def _read(self, paths: Iterable[FilePath]) -> None:
        self._waiting.update(dict.fromkeys(paths))
        if self._waiting and (self._reading is None or self._reading.done()):
            self._reading = self._session.spawn(self._read_all(), "Reading client code")

    async def _read_all(self) -> None:
        await self._read_configs()
        self._done = 0
        self._disk_is_slow = True  # until the first file tells
        shown = asyncio.get_running_loop().create_task(self._show_progress())
        begin = perf_counter()
        try:
            while self._waiting:
                path = next(iter(self._waiting))
                del self._waiting[path]
                await self._read_one(path)
                if perf_counter() - begin > _SLICE_SECONDS:
                    await asyncio.sleep(0)
                    begin = perf_counter()
        finally:
            shown.cancel()

    async def _read_one(self, path: FilePath) -> None:
        """Look at a file, in a thread only if the disk is slow.

        While the loop is at work, a thread waits for each step as long as a file takes here.
        """
        known = self._seen.get(path)
        if self._disk_is_slow:
            self._looked_at = path
            found, seconds = await in_thread(lambda: _timed_look(path, known), "client code")
            if self._looked_at != path:
                return  # forgotten meanwhile
            self._looked_at = None
        else:
            found, seconds = _timed_look(path, known)
        self._disk_is_slow = seconds > (_FAST_SECONDS if self._disk_is_slow else _SLOW_SECONDS)
        self._done += 1
        if found is not None:
            self._take(path, found)

    def _take(self, path: FilePath, found: Look) -> None:
        if found.text is None:
            self._seen.pop(path, None)
        else:
            self._seen[path] = found.signature
        if self._session.workspace.is_open(path):
            return  # what the editor shows counts
        if found.text is None:
            self._index.put(path, None)
            return
        try:
            calls = calls_in(path, found.text) if found.text else ()
        except Exception:
            logger.exception("Reading the client calls in %s failed", path)
            calls = ()
        self._index.put(path, calls)

    # --- progress -------------------------------------------------------------------------

    async def _show_progress(self) -> None:
        """Only for what takes long enough to be noticed."""
        await asyncio.sleep(_PROGRESS_AFTER_SECONDS)
        token = await self._progress.begin("client-code", "Reading client code", None, self._cancel)
        try:
            while True:
                total = self._done + len(self._waiting)
                message = f"{self._done:,} of {total:,} files"
                percentage = 100 * self._done // max(total, 1)
                self._progress.report(token, {"message": message, "percentage": percentage})
                await asyncio.sleep(_PROGRESS_AFTER_SECONDS)
        finally:
            self._progress.end(token)

    async def _cancel(self) -> None:
        """The user has enough: what is known stays known."""
        left = len(self._waiting)
        self._waiting.clear()
        self._session.log(
            LOG,
            f"Stopped reading client code: {self._done:,} files are known, {left:,} were left out."
            " Calls in those are not found until they are opened, saved or searched again.",
        )


def _timed_look(path: FilePath, known: Signature | None) -> tuple[Look | None, float]:
    begin = perf_counter()
    found = look(path, known)
    return found, perf_counter() - begin
