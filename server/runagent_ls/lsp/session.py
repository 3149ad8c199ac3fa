"""What one client and the server share, and how handlers are put in place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from runagent_ls.lsp.client import ClientFeatures
from runagent_ls.lsp.jsonrpc import (
    REQUEST_FAILED,
    InvalidParamsError,
    Json,
    RequestFailedError,
)
from runagent_ls.lsp.protocol import ClientRefusedError, Protocol
from runagent_ls.lsp.rendering import Rendering, Reports
from runagent_ls.lsp.settings import Settings
from runagent_ls.lsp.uris import Uris
from runagent_ls.lsp.workspace import AgentWorkspace
from runagent_ls.rules.selection import Selection

if TYPE_CHECKING:
    from runagent_ls.features.snapshot import Snapshot

logger = logging.getLogger(__name__)
T = TypeVar("T")

ERROR: Final = 1
WARNING: Final = 2
INFO: Final = 3
LOG: Final = 4

_SETTINGS_LIMIT_S: Final = 10.0
_SEARCH_LIMIT_S: Final = 30.0

Handler: TypeAlias = Callable[[Json], Any]
AsyncHandler: TypeAlias = Callable[[Json], Awaitable[Any]]


class Session:
    """From `initialize` to `exit`."""

    def __init__(self, protocol: Protocol, client: ClientFeatures) -> None:
        self.protocol = protocol
        self.client = client
        self.uris = Uris()
        self.folders: dict[FilePath, str] = {}
        self.settings: dict[FilePath | None, Settings] = {}
        self.reading_settings: asyncio.Task[None] | None = None
        """While the client is asked for its settings."""
        self.workspace = AgentWorkspace(self.selection, changes_are_told=client.watches_files)
        self.document_versions: dict[FilePath, int] = {}
        """Of the open texts, as the client counts."""
        self.rendering = Rendering(client, self.uris.uri)
        self.reports = Reports(self.rendering)
        self.on_pause: list[Callable[[], None]] = []
        """Called after each burst of input, once the deferred requests are answered."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._said: set[str] = set()

    # --- handlers -------------------------------------------------------------------------

    def on(self, method: str, handler: Handler, empty: object = None) -> None:
        """Let `handler` answer `method`. When it fails, that is logged and `empty` is answered."""

        def guarded(params: Json) -> object:
            try:
                return handler(params)
            except InvalidParamsError as error:
                raise JsonRpcInvalidParams(str(error)) from error
            except Exception as error:
                return self._failed(method, error, empty)

        self.protocol.fm.feature(method)(guarded)

    def on_async(self, method: str, handler: AsyncHandler, empty: object = None) -> None:
        """Like `on`, for a handler that waits. It is cancelled when the client says so."""

        async def guarded(params: Json) -> object:
            try:
                return await handler(params)
            except InvalidParamsError as error:
                raise JsonRpcInvalidParams(str(error)) from error
            except RequestFailedError as error:
                raise JsonRpcException(str(error), REQUEST_FAILED) from error
            except Exception as error:
                return self._failed(method, error, empty)

        self.protocol.fm.feature(method)(guarded)

    def on_deferred(self, method: str, handler: Handler, empty: object = None) -> None:
        """Like `on`, answered once no more input waits."""

        def guarded(params: Json) -> object:
            try:
                return handler(params)
            except (InvalidParamsError, RequestFailedError):
                raise
            except Exception as error:
                return self._failed(method, error, empty)

        self.protocol.defer(method, guarded)

    def _failed(self, method: str, error: Exception, empty: object) -> object:
        logger.exception("%s failed", method)
        self.log(ERROR, f"{method} failed: {type(error).__name__}: {error}")
        return empty

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run something beside the messages; a failure is logged under `name`."""

        async def guarded() -> None:
            try:
                await work
            except ClientRefusedError as error:
                self.log(LOG, f"{name}: the editor refused: {error}")
            except Exception as error:
                self._failed(name, error, None)

        task = asyncio.get_running_loop().create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def search(self, find: Callable[[Snapshot], T], path: FilePath | None = None) -> T:
        """What `find` gives for the workspace, while other messages are answered.

        Raises `RequestFailedError` when that takes too long, or when the file `path`, in which
        the question was asked, is edited meanwhile: the place may be another then.
        """
        from runagent_ls.lsp.slices import search

        version, workspace = self._version(path), self.workspace

        def state() -> object:
            if self._version(path) != version:
                raise RequestFailedError("The file was edited meanwhile. Try again.")
            return dict(self.document_versions), workspace.files.generation, workspace.folders

        try:
            return await asyncio.wait_for(search(workspace, find, state), _SEARCH_LIMIT_S)
        except TimeoutError:
            text = "Looking through the workspace took too long. Try again when it is at rest."
            raise RequestFailedError(text) from None

    def _version(self, path: FilePath | None) -> int | None:
        return None if path is None else self.document_versions.get(path)

    # --- the client -----------------------------------------------------------------------

    def log(self, kind: int, message: str) -> None:
        self.protocol.notify_raw("window/logMessage", {"type": kind, "message": message})

    def show(self, kind: int, message: str) -> None:
        self.protocol.notify_raw("window/showMessage", {"type": kind, "message": message})

    def show_once(self, kind: int, message: str) -> None:
        """Show a message the first time only."""
        if message not in self._said:
            self._said.add(message)
            self.show(kind, message)

    def progress(self, token: int | str, value: Json) -> None:
        self.protocol.notify_raw("$/progress", {"token": token, "value": value})

    # --- settings -------------------------------------------------------------------------

    async def settings_read(self) -> None:
        """Wait for an answer about settings that is on its way, for a limited time.

        What is sent away must not go by defaults only because it was asked for early.
        """
        if self.reading_settings is not None:
            await asyncio.wait((self.reading_settings,), timeout=_SETTINGS_LIMIT_S)

    def settings_for(self, path: FilePath | None) -> Settings:
        """The settings of the innermost workspace folder around `path`, else the general ones."""
        if path is not None:
            for folder in (path, *path.parents):
                if (found := self.settings.get(folder)) is not None:
                    return found
        return self.settings.get(None) or Settings()

    def selection(self, config: FilePath) -> Selection:
        """Which rules apply to a project, and how severe they are."""
        return Selection(severities=self.settings_for(config).rules)

    def reports_json_syntax(self, path: FilePath) -> bool:
        """Whether findings about JSON syntax are wanted: VS Code has its own."""
        setting = self.settings_for(path).syntax_diagnostics
        return not self.client.is_runagent_shell if setting is None else setting
