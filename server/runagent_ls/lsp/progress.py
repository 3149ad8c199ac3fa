"""Work-done progress for what a client started by a command, and runs shown by it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.protocol import ClientRefusedError
from runagent_ls.lsp.session import INFO, Session

if TYPE_CHECKING:
    from runagent_ls.agents.output import OutputMessage
    from runagent_ls.agents.runs import RunState
    from runagent_ls.agents.targets.target import Target

T = TypeVar("T")
SHORT: Final = 200
"""Characters of a text in a popup or a progress line."""
LONG: Final = 64 * 1024
"""Characters of a value in the log, and of a stream's output in the command's result."""

Cancel: TypeAlias = Callable[[], Awaitable[None]]


class Progress:
    """All progress that the client may cancel."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cancels: dict[int | str, Cancel] = {}
        session.on_async("window/workDoneProgress/cancel", self._cancel)

    async def begin(self, name: str, title: str, token: object, cancel: Cancel) -> int | str | None:
        """Start progress by the client's token, or by one of ours where it takes those."""
        if not isinstance(token, int | str):
            if not self._session.client.shows_progress:
                return None
            token = f"runagent-{name}"
            try:
                await self._session.protocol.ask("window/workDoneProgress/create", {"token": token})
            except ClientRefusedError:
                return None
        self._cancels[token] = cancel
        self._session.progress(token, {"kind": "begin", "title": title, "cancellable": True})
        return token

    def report(self, token: int | str | None, report: Json) -> None:
        if token is not None:
            self._session.progress(token, {"kind": "report", **report})

    def end(self, token: int | str | None) -> None:
        if token is not None:
            self._cancels.pop(token, None)
            self._session.progress(token, {"kind": "end"})

    async def shown(self, name: str, title: str, token: object, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives, with progress by the client's token if there is one; cancelling that
        cancels the request."""
        if not isinstance(token, int | str):
            return await work
        task = asyncio.current_task()

        async def cancel() -> None:
            if task is not None:
                task.cancel()

        await self.begin(name, title, token, cancel)
        try:
            return await work
        finally:
            self.end(token)

    async def _cancel(self, params: Json) -> None:
        token = params.get("token")
        cancel = self._cancels.get(token) if isinstance(token, int | str) else None
        if cancel is not None:
            await cancel()


class ProgressDisplay:
    """Shows a run by `$/progress` reports and in the log; keeps the beginning of its output."""

    def __init__(self, session: Session, token: int | str | None) -> None:
        self._session = session
        self._token = token
        self._room = LONG
        self.kept: list[Any] = []
        self.is_complete = True

    def state(self, state: RunState, target: Target | None) -> None:
        words = {"resolving": "Looking for the agent", "waiting": "Waiting for the next try"}
        self._report(words.get(state, f"{state.title()}{where_text(target)}"))

    def serving(self, message: str) -> None:
        self._report(message)

    async def batch(self, items: list[OutputMessage]) -> None:
        texts = [as_text(item.get("value", item.get("text"))) for item in items]
        for item, text in zip(items, texts, strict=True):
            self._room -= len(text)
            if self._room < 0:
                self.is_complete = False
            elif item["type"] != "unknown-frame":
                self.kept.append(item.get("value", item.get("text")))
        is_text = all(item["type"] == "text" for item in items)
        text = ("" if is_text else "\n").join(texts)
        self._session.log(INFO, shortened(text, LONG))
        self._report(shortened(text.strip(), SHORT))

    def ended(self) -> None:
        """Nothing waits here."""

    def _report(self, message: str) -> None:
        if self._token is not None:
            self._session.progress(self._token, {"kind": "report", "message": message})


def batch_progress(message: Json) -> Json:
    """How far a batch is, as a report of `$/progress`."""
    done, total, failed = message["done"], message["total"], message["failed"]
    words = f"{done} done" if total is None else f"{done} of {total}"
    report: Json = {"message": f"{words}, {failed} failed" if failed else words}
    if total:
        report["percentage"] = min(100 * done // total, 100)
    return report


def where_text(target: Target | None) -> str:
    """Where a run goes, and whether anything leaves this machine."""
    if target is None:
        return ""
    where = f" at {target.address}"
    if target.cloud:
        return f"{where}, in the cloud"
    if target.leaves_machine:
        return f"{where}, which is another machine"
    return f"{where}, which sends a copy to the cloud" if target.copies_to_cloud else where


def as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
