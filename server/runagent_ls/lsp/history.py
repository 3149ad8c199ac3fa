"""`runagent/history/*`: recorded runs, listed, found, shown, compared, written out, removed."""

from __future__ import annotations

import asyncio
import io
import json
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path as FilePath
from typing import IO, TYPE_CHECKING, Final, TypeVar

from runagent_ls.lsp.frames import frames
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json, RequestFailedError
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.history import (
    MOST_ITEMS,
    ConfigUris,
    groups_of,
    match_of,
    read_ids,
    read_query,
    run_of,
    summary_of,
)
from runagent_ls.lsp.recording import Recording
from runagent_ls.lsp.session import Session
from runagent_ls.lsp.uris import to_path

if TYPE_CHECKING:
    from runagent_ls.agents.history import History, StoredRun

_T = TypeVar("_T")

LONGEST_TEXT: Final = 4 * 1024 * 1024
"""Characters of an export that is answered instead of written to a file."""
_FLUSH_S: Final = 20.0
"""So long an answer waits for what has arrived to be written: rather late than without it."""


class HistoryQuestions:
    """Answers questions about recorded runs, those that go on included."""

    def __init__(self, session: Session, recording: Recording) -> None:
        self._session = session
        self._recording = recording
        session.on_async("runagent/history/list", self._list)
        session.on_async("runagent/history/groups", self._groups)
        session.on_async("runagent/history/search", self._search)
        session.on_async("runagent/history/get", self._get)
        session.on_async("runagent/history/pin", self._pin)
        session.on_async("runagent/history/delete", self._delete)
        session.on_async("runagent/history/export", self._export)
        session.on_async("runagent/history/compare", self._compare)

    async def _list(self, params: Json) -> Json:
        query = read_query(params)
        page = await self._ask(lambda history: history.list(query))
        uris = self._config_uris()
        return {"runs": [dict(summary_of(run, uris)) for run in page.runs], "next": page.next}

    async def _groups(self, params: Json) -> Json:
        query = read_query(params)
        await self._session.settings_read()
        groups = await self._ask(lambda history: history.groups(query))
        return {
            "groups": groups_of(groups, self._config_uris()),
            "recording": self._recording.is_on(None),
        }

    async def _search(self, params: Json) -> Json:
        text, query = reading.text(params, "text"), read_query(params)
        matches = await self._ask(lambda history: history.search(text, query))
        uris = self._config_uris()
        return {"matches": [match_of(match, uris) for match in matches]}

    async def _get(self, params: Json) -> Json:
        history_id = reading.text(params, "historyId")
        after = reading.whole_number(params, "after", -1, -1, 2**53)
        limit = reading.whole_number(params, "limit", 1000, 0, MOST_ITEMS)
        uris = self._config_uris()

        def read(history: History) -> Json:
            run = history.get(history_id)
            with closing(history.iter_chunks(run.history_id, after)) as chunks:
                return dict(run_of(run, chunks, limit, uris))

        found = await self._ask(read)
        self._add_frames(found)
        return found

    def _add_frames(self, run: Json) -> None:
        """Where it failed, in the project's files as they are now."""
        error = run.get("error")
        if not isinstance(error, dict) or not isinstance(error.get("message"), str):
            return
        config = to_path(run["summary"]["configUri"])
        root = None if config is None else config.parent
        files, uri = self._session.workspace.files, self._session.uris.uri
        if found := frames(error["message"], error.get("details"), root, files, uri):
            error["frames"] = found

    async def _pin(self, params: Json) -> Json:
        history_id = reading.text(params, "historyId")
        pinned = reading.boolean(params, "pinned", True)

        def pin(history: History) -> Json:
            history.pin(history_id, pinned=pinned)
            return self._summary(history.get(history_id))

        summary = await self._ask(pin)
        self._recording.changed()
        return summary

    async def _delete(self, params: Json) -> Json:
        if reading.boolean(params, "all", False):
            if "historyIds" in params:
                raise InvalidParamsError("all excludes historyIds")
            deleted = await self._ask(lambda history: history.clear())
        else:
            ids = read_ids(params)
            deleted = await self._ask(lambda history: history.delete(ids))
        self._recording.changed()
        return {"deleted": deleted}

    async def _export(self, params: Json) -> Json:
        ids = read_ids(params)
        form = reading.choice(params, "format", ("jsonl", "markdown"))
        path = reading.optional_file(params, "uri")

        def write(history: History) -> Json:
            if path is not None:
                return {"runs": _write_file(history, ids, form, path), "uri": params["uri"]}
            out = _Limited()
            return {"runs": _write(history, ids, form, out), "text": out.getvalue()}

        return {"uri": None, "text": None, **await self._ask(write)}

    async def _compare(self, params: Json) -> Json:
        ids = reading.text(params, "first"), reading.text(params, "second")

        def compare(history: History) -> Json:
            found = history.compare(*ids)
            same = not (found.inputs or found.output or found.error or found.text)
            first, second = (self._compared(history, run) for run in (found.first, found.second))
            return {"first": first, "second": second, "same": same, "complete": found.complete}

        return await self._ask(compare)

    def _compared(self, history: History, run: StoredRun) -> Json:
        parts = [f"{run.tag}: {run.state}", "Inputs", _pretty([run.args, run.kwargs])]
        if run.has_result:
            parts += ["Result", _pretty(run.result)]
        if run.chunks:
            from runagent_ls.agents.history.markdown import output_text

            with closing(history.iter_chunks(run.history_id)) as chunks:
                parts += ["Output", output_text(chunks, LONGEST_TEXT)]
        if run.error is not None:
            parts += ["Error", _pretty(run.error)]
        text = "\n\n".join(parts) + "\n"
        return {"run": self._summary(run), "text": text, "languageId": "plaintext"}

    def _summary(self, run: StoredRun) -> Json:
        return dict(summary_of(run, self._config_uris()))

    def _config_uris(self) -> ConfigUris:
        return ConfigUris(self._session.workspace.configs, self._session.uris.uri)

    async def _ask(self, question: Callable[[History], _T]) -> _T:
        """Ask beside the event loop, after what has arrived so far is written."""
        from runagent_ls.agents.history import HistoryError

        history = self._recording.history()

        def ask() -> _T:
            history.flush(_FLUSH_S)
            return question(history)

        try:
            return await asyncio.to_thread(ask)
        except HistoryError as error:
            words = " ".join(filter(None, (error.message, error.suggestion)))
            raise RequestFailedError(words) from error


class _Limited(io.StringIO):
    """Text in memory, as much as one answer may hold."""

    def write(self, text: str) -> int:
        if self.tell() + len(text) > LONGEST_TEXT:
            raise RequestFailedError(
                f"The export is longer than {LONGEST_TEXT} characters. Export it into a file."
            )
        return super().write(text)


def _write(history: History, ids: Sequence[str], form: str, out: IO[str]) -> int:
    return history.export(ids, "jsonl" if form == "jsonl" else "markdown", out)


def _write_file(history: History, ids: Sequence[str], form: str, path: FilePath) -> int:
    """Write the whole file or none: what was there before stays when it cannot be done."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        try:
            with unfinished.open("w", encoding="utf-8", errors="backslashreplace") as out:
                count = _write(history, ids, form, out)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        said = error.strerror or str(error)
        raise RequestFailedError(f"{path} cannot be written: {said}.") from error
    return count


def _pretty(value: object) -> str:
    """Texts as they are, so that their lines are compared."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
