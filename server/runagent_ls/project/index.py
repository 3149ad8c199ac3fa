"""Which file calls which agent's which tag, kept file by file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.clients.languages import is_client_language
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.clients.reading import read_calls
from runagent_ls.project.file_source import FileSource

_NO_CALLS: Final[tuple[ClientCall, ...]] = ()


class WorkspaceIndex:
    """Client calls by file, by tag and by agent.

    Files whose text was edited are read again when something is asked; what changed on the disk is
    read again when `refresh` says so. Files without calls take no room but their name.
    """

    def __init__(self, files: FileSource) -> None:
        self._files = files
        self._calls: dict[FilePath, tuple[ClientCall, ...]] = {}
        self._by_tag: dict[str, set[FilePath]] = {}
        self._by_id: dict[str, set[FilePath]] = {}
        self._edited: set[FilePath] = set()

    # --- what changes ---------------------------------------------------------------------

    def edited(self, path: FilePath) -> None:
        """The text of an open file changed, or it was opened or closed."""
        if is_client_language(path):
            self._edited.add(path)

    def refresh(self, path: FilePath) -> None:
        """Read one file again, now."""
        self._edited.discard(path)
        self.put(path, read_calls(path, self._files))

    def put(self, path: FilePath, calls: tuple[ClientCall, ...] | None) -> None:
        """Take over what was read of a file; None: it is gone."""
        before = self._calls.get(path, _NO_CALLS)
        if calls is None:
            self._calls.pop(path, None)
        else:
            self._calls[path] = calls or _NO_CALLS
        if before or calls:
            now = calls or _NO_CALLS
            _file(self._by_tag, path, _tags(before), _tags(now))
            _file(self._by_id, path, _ids(before), _ids(now))

    # --- what is asked --------------------------------------------------------------------

    def calls(self, path: FilePath) -> tuple[ClientCall, ...]:
        """The calls in one file, as of now; it is read if it was not yet."""
        if not is_client_language(path):
            return _NO_CALLS
        if path in self._edited or path not in self._calls:
            self.refresh(path)
        return self._calls.get(path, _NO_CALLS)

    def calls_with_tag(self, tag: str) -> tuple[ClientCall, ...]:
        """All known calls that name a tag, by file."""
        self._catch_up()
        return tuple(
            call
            for path in sorted(self._by_tag.get(tag, ()))
            for call in self._calls[path]
            if call.tag is not None and call.tag.value == tag
        )

    def calls_with_id(self, agent_id: str) -> tuple[ClientCall, ...]:
        """All known calls that name an agent, by file."""
        self._catch_up()
        return tuple(
            call
            for path in sorted(self._by_id.get(agent_id, ()))
            for call in self._calls[path]
            if call.agent_id is not None and call.agent_id.value == agent_id
        )

    def _catch_up(self) -> None:
        for path in tuple(self._edited):
            self.refresh(path)


def _file(index: dict[str, set[FilePath]], path: FilePath, before: set[str], now: set[str]) -> None:
    """Put a file under all its present keys and take it from under its former ones."""
    for key in before - now:
        files = index.get(key, set())
        files.discard(path)
        if not files:
            index.pop(key, None)
    for key in now - before:
        index.setdefault(key, set()).add(path)


def _tags(calls: Iterable[ClientCall]) -> set[str]:
    return {call.tag.value for call in calls if call.tag is not None}


def _ids(calls: Iterable[ClientCall]) -> set[str]:
    return {call.agent_id.value for call in calls if call.agent_id is not None}
