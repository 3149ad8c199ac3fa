"""Sessions and memory as files in a folder, to be read by people and by any program."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from agent_runtime.events import Event
from agent_runtime.persistence.batch import check_order
from agent_runtime.persistence.memory_file import MemoryFile, changes
from agent_runtime.persistence.names import file_name
from agent_runtime.persistence.progress import check_name
from agent_runtime.persistence.records import MemoryChange
from agent_runtime.persistence.session_folder import PART, SessionFolder, session_in
from agent_runtime.persistence.store import (
    MemoryRecord,
    SessionNotFoundError,
    SessionSummary,
    StoreError,
)

_REMEMBERED: Final = 2_000
"""Sessions whose position in their journals is remembered."""


class FileStore:
    """A `SessionStore` in `folder`, which is made when something is first saved.

    `sessions/NAME/events.jsonl` is a session, in each line a JSON list of events that were saved
    together; `summary.json` beside it only repeats how far it has come. `memory/NAME.jsonl` is
    what an agent remembers. With `sync` off a killed process still loses nothing, but a power cut
    may take the latest events.

    >>> import tempfile
    >>> FileStore(tempfile.mkdtemp()).sessions()
    []
    """

    def __init__(self, folder: Path | str, *, sync: bool = True) -> None:
        self.folder = Path(folder)
        self._sync = sync
        self._sessions = self.folder / "sessions"
        self._folders: OrderedDict[str, SessionFolder] = OrderedDict()
        self._memories: dict[str, MemoryFile] = {}
        self._folders_lock = threading.Lock()

    def __repr__(self) -> str:
        return f"FileStore({str(self.folder)!r})"

    def append(self, session: str, events: Sequence[Event]) -> None:
        """Adds events; see `SessionStore`."""
        if events:
            check_order(session, events)
            with self._explained(session):
                self._folder(session).append(events)

    @contextmanager
    def creating(self, session: str) -> Iterator[Callable[[Sequence[Event]], None]]:
        """A new session, whole or not at all; see `SessionStore`."""
        with ExitStack() as making:
            with self._explained(session):
                for left in self._sessions.glob(f"*/{PART}"):
                    SessionFolder(left.parent, left.parent.name, sync=False).forget_part()
                add = making.enter_context(self._folder(session).creating())

            def append(events: Sequence[Event]) -> None:
                if events:
                    check_order(session, events)
                    with self._explained(session):
                        add(events)

            yield append
            with self._explained(session):
                making.close()

    def events(self, session: str, after: int = -1) -> Iterator[Event]:
        """Kept events after number `after`, read as they are asked for; see `SessionStore`."""
        with self._explained(session):
            self._folder(session).check_exists()
        return self._events(session, after)

    def _events(self, session: str, after: int) -> Iterator[Event]:
        with self._explained(session):
            yield from self._folder(session).events(after)

    def summary(self, session: str) -> SessionSummary:
        """How far a session has come. SessionNotFoundError; StoreError when it is damaged."""
        with self._explained(session):
            return self._folder(session).summary()

    def sessions(self, agent: str | None = None) -> list[SessionSummary]:
        """See `SessionStore`. `survey` also tells what could not be read."""
        return self.survey(agent)[0]

    def survey(self, agent: str | None = None) -> tuple[list[SessionSummary], list[str]]:
        """The sessions, and a sentence for each one that cannot be read. StoreError when nothing
        can."""
        found: list[SessionSummary] = []
        problems: list[str] = []
        for path in self._paths():
            try:
                summary = self._summary_in(path)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except StoreError as error:
                problems.append(str(error))
            except OSError as error:
                problems.append(f"{path} cannot be read: {error.strerror or error}.")
            else:
                if summary is not None and agent in {None, summary.agent}:
                    found.append(summary)
        return sorted(found, key=SessionSummary.place), problems

    def _paths(self) -> list[Path]:
        try:
            with self._explained():
                return list(self._sessions.iterdir())
        except FileNotFoundError:
            return []

    def _summary_in(self, path: Path) -> SessionSummary | None:
        with self._folders_lock:
            known = self._folders.get(path.name)
        session = known.session if known else session_in(path)
        if session is None:
            return None
        check_name(session, path)
        if file_name(session) != path.name:
            raise StoreError(
                f"{path} holds session {session!r}, whose folder is {file_name(session)}: was it"
                " copied or renamed?"
            )
        return self._folder(session).summary()

    def delete(self, session: str) -> None:
        """Forgets a session; see `SessionStore`. A damaged one, too."""
        with self._explained(session):
            self._folder(session).delete()

    @contextmanager
    def lease(self, session: str) -> Iterator[None]:
        """Nobody else works on the session in this block; see `SessionStore`."""
        with ExitStack() as held:
            with self._explained(session):
                held.enter_context(self._folder(session).lease())
            yield

    def load_memory(self, agent: str) -> list[MemoryRecord]:
        """All that is remembered for an agent, the oldest first."""
        with self._explained():
            return self._memory(agent).load()

    def memory_changes(self, agent: str) -> Iterator[MemoryChange]:
        """What adds up to the memory of an agent, the oldest first, read as it is asked for: for
        who cannot trust that memory holds all of it."""
        with self._explained():
            yield from changes(self._memory_path(agent), agent)

    def save_memory(
        self, agent: str, changed: Sequence[MemoryRecord], removed: Sequence[str]
    ) -> None:
        """Forgets `removed`, then adds or replaces `changed`, all or nothing."""
        if changed or removed:
            with self._explained():
                self._memory(agent).save(changed, removed)

    def _folder(self, session: str) -> SessionFolder:
        name = file_name(session)
        with self._folders_lock:
            folder = self._folders.get(name)
            if folder is None:
                folder = SessionFolder(self._sessions / name, session, sync=self._sync)
                self._folders[name] = folder
            self._folders.move_to_end(name)
            if len(self._folders) > _REMEMBERED:
                self._folders.popitem(last=False)
            return folder

    def _memory(self, agent: str) -> MemoryFile:
        name = file_name(agent)
        with self._folders_lock:
            if name not in self._memories:
                path = self._memory_path(agent)
                self._memories[name] = MemoryFile(path, agent, sync=self._sync)
            return self._memories[name]

    def _memory_path(self, agent: str) -> Path:
        return self.folder / "memory" / f"{file_name(agent)}.jsonl"

    @contextmanager
    def _explained(self, session: str | None = None) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            if session is None:
                raise
            raise SessionNotFoundError(
                f"There is no session {session!r} in {self.folder}."
            ) from error
        except OSError as error:
            raise StoreError(
                f"{error.filename or self.folder} cannot be used: {error.strerror or error}."
                " Nothing was changed."
            ) from error
