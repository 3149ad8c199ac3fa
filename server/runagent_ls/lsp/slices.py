"""Long searches on the workspace in slices, between which other messages are answered.

A search runs in a thread of its own, but only while the event loop waits for it: nothing that both
use needs a lock. It pauses where it asks the workspace for something.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path as FilePath
from time import perf_counter
from typing import Final, Generic, TypeAlias, TypeVar

from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.document import Document
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.file_source import Entry, FileSource, FileText, PathKind
from runagent_ls.project.model import AgentProject
from runagent_ls.pyfile.file import PyFile

T = TypeVar("T")
Pause: TypeAlias = Callable[[], None]

_SLICE_SECONDS: Final = 0.010
_REST_SECONDS: Final = 0.001
"""Between two slices: most answers take several turns of the event loop."""


async def search(
    snapshot: Snapshot, find: Callable[[Snapshot], T], state: Callable[[], object]
) -> T:
    """What `find` gives for the snapshot, found in slices. Cancelled, it ends with its slice.

    When `state` gives another value after a slice than before the first, what was found until then
    is out of date, and the search begins again.
    """
    while True:
        before, searching = state(), _Search(snapshot, find)
        try:
            while searching.goes_on():
                await asyncio.sleep(_REST_SECONDS)
                if state() != before:
                    break
            else:
                return searching.found()
        finally:
            searching.end()


class _EndedError(BaseException):
    """Nobody waits for this search any more. No handler of ordinary errors must stop it."""


class _Search(Generic[T]):
    """One search in its thread."""

    def __init__(self, snapshot: Snapshot, find: Callable[[Snapshot], T]) -> None:
        self._find = find
        self._snapshot = PausingSnapshot(snapshot, self._pause)
        self._go, self._paused = threading.Semaphore(0), threading.Semaphore(0)
        self._begin = 0.0
        self._is_done = self._is_ended = False
        self._found: list[T] = []
        self._failure: BaseException | None = None
        threading.Thread(target=self._work, name="search", daemon=True).start()

    def goes_on(self) -> bool:
        """Search for a slice. False when that was the last one."""
        self._begin = perf_counter()
        self._go.release()
        self._paused.acquire()
        return not self._is_done

    def found(self) -> T:
        """What was found, or the error that was raised, once the search does not go on."""
        if self._failure is not None:
            raise self._failure
        return self._found[0]

    def end(self) -> None:
        """Let the thread end."""
        if not self._is_done:
            self._is_ended = True
            self.goes_on()

    # --- in the thread --------------------------------------------------------------------

    def _work(self) -> None:
        self._go.acquire()
        try:
            self._found.append(self._find(self._snapshot))
        except BaseException as failure:  # handed over, raised where it is awaited
            self._failure = failure
        self._is_done = True
        self._paused.release()

    def _pause(self) -> None:
        if perf_counter() - self._begin > _SLICE_SECONDS:
            self._paused.release()
            self._go.acquire()
            if self._is_ended:
                raise _EndedError


class PausingSnapshot:
    """A snapshot that calls `pause` before each answer."""

    def __init__(self, snapshot: Snapshot, pause: Pause) -> None:
        self._snapshot = snapshot
        self._pause = pause
        self._files = PausingFiles(snapshot.files, pause)

    @property
    def files(self) -> FileSource:
        return self._files

    @property
    def folders(self) -> tuple[FilePath, ...]:
        return self._snapshot.folders

    @property
    def configs(self) -> tuple[FilePath, ...]:
        return self._snapshot.configs

    def project(self, config: FilePath) -> AgentProject:
        self._pause()
        return self._snapshot.project(config)

    def document(self, config: FilePath) -> Document:
        self._pause()
        return self._snapshot.document(config)

    def projects_of(self, path: FilePath) -> tuple[AgentProject, ...]:
        self._pause()
        return tuple(self._snapshot.projects_of(path))  # none found after a pause

    def client_calls(self, path: FilePath) -> tuple[ClientCall, ...]:
        self._pause()
        return self._snapshot.client_calls(path)

    def calls_with_tag(self, tag: str) -> tuple[ClientCall, ...]:
        self._pause()
        return self._snapshot.calls_with_tag(tag)

    def calls_with_id(self, agent_id: str) -> tuple[ClientCall, ...]:
        self._pause()
        return self._snapshot.calls_with_id(agent_id)

    def configs_with_id(self, agent_id: str) -> tuple[FilePath, ...]:
        self._pause()
        return self._snapshot.configs_with_id(agent_id)

    def configs_with_tag(self, tag: str) -> tuple[FilePath, ...]:
        self._pause()
        return self._snapshot.configs_with_tag(tag)


class PausingFiles:
    """Files that call `pause` before each look at one."""

    def __init__(self, files: FileSource, pause: Pause) -> None:
        self._files = files
        self._pause = pause

    @property
    def generation(self) -> int:
        return self._files.generation

    def refresh(self) -> None:
        self._files.refresh()

    def kind(self, path: FilePath) -> PathKind:
        self._pause()
        return self._files.kind(path)

    def read(self, path: FilePath) -> FileText:
        self._pause()
        return self._files.read(path)

    def mentions(self, path: FilePath, text: str | re.Pattern[str]) -> bool:
        self._pause()
        return self._files.mentions(path, text)

    def matches(self, path: FilePath, pattern: re.Pattern[str]) -> bool:
        self._pause()
        return self._files.matches(path, pattern)

    def python(self, path: FilePath) -> PyFile | None:
        self._pause()
        return self._files.python(path)

    def listing(self, folder: FilePath) -> Sequence[Entry]:
        self._pause()
        return self._files.listing(folder)
