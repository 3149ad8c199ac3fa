"""Workspace folders, their projects, and files that change outside the editor's buffers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path as FilePath
from time import monotonic
from typing import Final

from runagent_ls.lsp.background import in_thread
from runagent_ls.lsp.client import dig
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session
from runagent_ls.lsp.uris import to_path
from runagent_ls.project.clients.languages import CLIENT_SUFFIXES, SCRIPT_SUFFIXES
from runagent_ls.project.discovery import find_configs, find_files, is_config
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.testing.places import concerns_cases

WATCHED: Final = (
    "**/runagent.config.{json,yaml,yml}",
    "**/*.py",
    "**/*.{ts,tsx,js,jsx,mts,cts,mjs,cjs}",
    "**/.env",
    "**/.gitignore",
    "**/requirements.txt",
    "**/{.runagent,.runagent/cases,.runagent/cases/**}",
)
_PROGRESS_AFTER_SECONDS: Final = 0.3
_REST: Final = 20
"""A save leads to no search before this many times the time that the last one took."""
_DELETED: Final = 3


class Folders:
    """Knows which folders are open, finds the projects in them, keeps them up to date."""

    def __init__(self, session: Session, on_change: Callable[[], None]) -> None:
        self._session = session
        self._on_change = on_change
        self.on_disk: list[Callable[[list[FilePath]], None]] = []
        """Told which files of agents were written, created or deleted."""
        self.on_any_file: list[Callable[[list[FilePath]], None]] = []
        """Told the same of all files that are watched."""
        self.on_cases: list[Callable[[list[FilePath]], None]] = []
        """Told which saved cases, or folders of them, came, changed or went."""
        self.on_searched: list[Callable[[FilePath, list[FilePath]], None]] = []
        """Told which workspace folder was searched, and what code is in it."""
        self.on_closed: list[Callable[[FilePath], None]] = []
        """Told which workspace folders the client has closed."""
        self._searches: dict[FilePath, asyncio.Task[None]] = {}
        self._again_at: dict[FilePath, float] = {}
        self._tokens = count()
        session.on("workspace/didChangeWorkspaceFolders", self._folders_changed)
        session.on("workspace/didChangeWatchedFiles", self._files_changed)
        session.on("workspace/didCreateFiles", self._files_moved)
        session.on("workspace/didDeleteFiles", self._files_moved)
        session.on("workspace/didRenameFiles", self._files_moved)

    # --- folders --------------------------------------------------------------------------

    def add_initial(self, params: Json) -> None:
        """The folders named by `initialize`: the list, or the older root URI or path."""
        listed = params.get("workspaceFolders")
        uris = [dig(item, "uri") for item in listed] if isinstance(listed, list) else []
        if not uris and params.get("rootUri"):
            uris = [params["rootUri"]]
        if not uris and isinstance(params.get("rootPath"), str):
            path = FilePath(params["rootPath"])
            uris = [path.as_uri()] if path.is_absolute() else []
        for uri in uris:
            self._add(uri)

    def _add(self, uri: object) -> None:
        path = to_path(uri)
        if path is not None and isinstance(uri, str):
            self._session.folders[path] = uri
            self._session.uris.add_folder(uri, path)

    def _folders_changed(self, params: Json) -> None:
        for item in _list(dig(params, "event", "removed")):
            path = to_path(dig(item, "uri"))
            if path is not None and self._session.folders.pop(path, None) is not None:
                self._session.uris.remove_folder(path)
                self._session.settings.pop(path, None)
                self._session.workspace.remove_folder(path)
                if (search := self._searches.pop(path, None)) is not None:
                    search.cancel()
                for tell in self.on_closed:
                    tell(path)
        for item in _list(dig(params, "event", "added")):
            self._add(dig(item, "uri"))
        self._on_change()
        self.search(path for path in self._session.folders if path not in self._searches)

    # --- discovery ------------------------------------------------------------------------

    def search(self, folders: Iterable[FilePath] | None = None) -> None:
        """Look for projects in these folders (default: all), in the background."""
        for folder in list(self._session.folders if folders is None else folders):
            if (running := self._searches.get(folder)) is not None:
                running.cancel()
            self._searches[folder] = self._session.spawn(
                self._search(folder), f"Looking for agents in {folder}"
            )

    async def searched(self) -> None:
        """Wait until the searches that run now have ended."""
        if self._searches:  # not `gather`: who gives up waiting must not end the searches
            await asyncio.wait(self._searches.values())

    async def _search(self, folder: FilePath) -> None:
        progress = asyncio.get_running_loop().create_task(self._show_progress(folder))
        begin = monotonic()
        try:
            configs, code = await in_thread(lambda: _find(folder), "search")
        finally:
            progress.cancel()
            now = monotonic()
            self._again_at[folder] = now + _REST * (now - begin)
        if folder in self._session.folders:
            self._session.workspace.discovered(folder, configs)
            self._on_change()
            for tell in self.on_searched:
                tell(folder, code)

    async def _show_progress(self, folder: FilePath) -> None:
        """Work-done progress, only for a search that takes long enough to be noticed."""
        if not self._session.client.shows_progress:
            return
        await asyncio.sleep(_PROGRESS_AFTER_SECONDS)
        token = f"runagent-search-{next(self._tokens)}"
        await self._session.protocol.ask("window/workDoneProgress/create", {"token": token})
        title = f"Looking for agents in {folder.name or folder}"
        self._session.progress(token, {"kind": "begin", "title": title})
        try:
            await asyncio.Event().wait()
        finally:
            self._session.progress(token, {"kind": "end"})

    def search_after_save(self) -> None:
        """Something was saved. Who does not watch files may have changed others meanwhile."""
        for folder in () if self._session.client.watches_files else self._session.folders:
            search = self._searches.get(folder)
            if search is not None and search.done() and monotonic() > self._again_at[folder]:
                self.search((folder,))

    # --- files ----------------------------------------------------------------------------

    async def watch(self) -> None:
        """Ask the client to tell of changes on the disk."""
        if not self._session.client.watches_files:
            return
        watchers = [{"globPattern": pattern} for pattern in WATCHED]
        registration = {
            "id": "runagent-files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": watchers},
        }
        await self._session.protocol.ask(
            "client/registerCapability", {"registrations": [registration]}
        )

    def _files_changed(self, params: Json) -> None:
        paths, search = [], False
        for change in _list(params.get("changes")):
            path = self._session.uris.path(dig(change, "uri"))
            if path is None:
                continue
            paths.append(path)
            # A new configuration may be one that .gitignore hides: only a search can tell.
            search |= path.name == ".gitignore" or (
                is_config(path) and dig(change, "type") != _DELETED
            )
        self._disk_changed(paths, search)

    def _files_moved(self, params: Json) -> None:
        """Files or folders were created, renamed or deleted in the editor."""
        paths = []
        for item in _list(params.get("files")):
            for name in ("uri", "oldUri", "newUri"):
                path = to_path(dig(item, name))
                if path is not None:
                    paths.append(path)
        self._disk_changed(paths, search=True)

    def _disk_changed(self, paths: list[FilePath], search: bool) -> None:
        for tell in self.on_any_file if paths else ():
            tell(paths)
        if cases := [path for path in paths if concerns_cases(path)]:
            self._session.workspace.files.refresh()
            for tell in self.on_cases:
                tell(cases)
        # What is only of interest as client code, or as a case, changes no finding and no server.
        paths = [
            path
            for path in paths
            if path.suffix not in SCRIPT_SUFFIXES and not concerns_cases(path)
        ]
        if not paths:
            return
        self._session.workspace.disk_changed(paths)
        for tell in self.on_disk:
            tell(paths)
        self._on_change()
        if search:
            around = {
                folder
                for folder in self._session.folders
                for path in paths
                if folder == path or folder in path.parents
            }
            self.search(around)


def _find(folder: FilePath) -> tuple[list[FilePath], list[FilePath]]:
    """Configurations and code below a folder."""
    files = DiskFiles()
    return find_configs(folder, files), list(find_files(folder, files, CLIENT_SUFFIXES))


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
