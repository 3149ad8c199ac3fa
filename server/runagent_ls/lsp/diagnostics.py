"""Diagnostics for clients that pull them, and for those that must be sent them; never both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path as FilePath
from time import monotonic, perf_counter
from typing import Final

from runagent_ls.lsp.case_reading import case_findings
from runagent_ls.lsp.client import dig
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.rendering import is_json_syntax
from runagent_ls.lsp.scheduling import Debounced
from runagent_ls.lsp.session import Session
from runagent_ls.rules.finding import Finding
from runagent_ls.testing.places import is_case

_SLICE_SECONDS: Final = 0.010
"""Work on many projects lets other messages through after this time."""
_DISK_CHECK_SECONDS: Final = 1.0
_SWEEP_SECONDS: Final = 2.0


class Diagnostics:
    """Answers, publishes and takes back diagnostics."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._workspace = session.workspace
        self._published: dict[FilePath, str] = {}
        self._publish_all = False
        self._publisher = Debounced(self._publish_changes)
        self._looked_at_disk = self._swept = monotonic()
        self._refresher = Debounced(self._refresh)
        self.searched: Callable[[], Awaitable[None]] | None = None
        """Waits until the workspace folders have been searched for projects."""
        if session.client.pulls_diagnostics:
            session.on_deferred("textDocument/diagnostic", self._document, _EMPTY_REPORT)
            session.on_async("workspace/diagnostic", self._whole_workspace, {"items": []})
            session.on_pause.append(self._refresher.pause)
        else:
            session.on_pause.append(self._publisher.pause)

    # --- what others tell -----------------------------------------------------------------

    def edited(self) -> None:
        """An open text changed. Who pulls asks by itself."""
        if not self._session.client.pulls_diagnostics:
            self._publisher.ask()

    def changed_elsewhere(self) -> None:
        """Files, settings or folders changed: who pulls must be told to ask again."""
        if self._session.client.pulls_diagnostics:
            self._refresher.ask()
            self._refresher.pause()
        else:
            self._publish_all = True
            self._publisher.ask()
            self._publisher.pause()

    def _refresh(self) -> None:
        if self._session.client.refreshes_diagnostics:
            self._session.spawn(self._ask_refresh(), "workspace/diagnostic/refresh")

    async def _ask_refresh(self) -> None:
        await self._session.protocol.ask("workspace/diagnostic/refresh", None)

    # --- pull -----------------------------------------------------------------------------

    def _document(self, params: Json) -> Json:
        path = self._session.uris.path(dig(params, "textDocument", "uri"))
        if path is None:
            return _EMPTY_REPORT
        self._look_at_disk()
        found = self.findings(path)
        return self._session.reports.answer(path, found, params.get("previousResultId"))

    async def _whole_workspace(self, params: Json) -> Json:
        previous = self._previous_ids(params)
        if self.searched is not None:
            await self.searched()
        if monotonic() - self._swept > _SWEEP_SECONDS:
            self._swept = monotonic()
            self._workspace.files.refresh()
            self._workspace.sweep()
        self._look_at_disk()
        await self.check_all()
        files = {*self._workspace.configs, *self._workspace.files_with_findings(), *previous}
        return {"items": [self._workspace_item(path, previous) for path in sorted(files)]}

    def _previous_ids(self, params: Json) -> dict[FilePath, str]:
        found: dict[FilePath, str] = {}
        entries = params.get("previousResultIds")
        for entry in entries if isinstance(entries, list) else []:
            path = self._session.uris.path(dig(entry, "uri"))
            if path is not None and isinstance(entry.get("value"), str):
                found[path] = entry["value"]
        return found

    def _workspace_item(self, path: FilePath, previous: dict[FilePath, str]) -> Json:
        found = self.known_findings(path)
        item = self._session.reports.answer(path, found, previous.get(path))
        version = self._session.document_versions.get(path)
        return {"uri": self._session.uris.uri(path), "version": version, **item}

    async def check_all(self) -> None:
        """Bring every project up to date, letting other messages through in between."""
        begin = perf_counter()
        for config in self._workspace.configs:
            self._workspace.check(config)
            if perf_counter() - begin > _SLICE_SECONDS:
                await asyncio.sleep(0)
                begin = perf_counter()

    # --- push -----------------------------------------------------------------------------

    def _publish_changes(self) -> None:
        self._look_at_disk()
        for config in self._workspace.configs:
            self._workspace.check(config)
        changed: Collection[FilePath] = self._workspace.take_changed()
        if self._publish_all:
            self._publish_all = False
            changed = {*self._workspace.files_with_findings(), *self._published, *changed}
        cases = {it for it in (*self._workspace.open_files, *self._published) if is_case(it)}
        for path in sorted({*changed, *cases}):
            self._publish(path)

    def _publish(self, path: FilePath) -> None:
        reports = self._session.reports
        result_id = reports.update(path, self.known_findings(path))
        items = reports.items(path)
        if self._published.get(path) == result_id or (not items and path not in self._published):
            return
        message: Json = {"uri": self._session.uris.uri(path), "diagnostics": items}
        if (version := self._session.document_versions.get(path)) is not None:
            message["version"] = version
        self._session.protocol.notify_raw("textDocument/publishDiagnostics", message)
        if items:
            self._published[path] = result_id
        else:
            del self._published[path]

    # --- both -----------------------------------------------------------------------------

    def findings(self, path: FilePath) -> tuple[Finding, ...]:
        """The file's findings, without those about syntax where nobody wants them."""
        if is_case(path):
            return case_findings(self._session, path)
        return self._wanted(path, self._workspace.findings(path))

    def known_findings(self, path: FilePath) -> tuple[Finding, ...]:
        """Like `findings`, as of the last check."""
        if is_case(path):
            return case_findings(self._session, path)
        return self._wanted(path, self._workspace.known_findings(path))

    def _wanted(self, path: FilePath, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        if not found or self._session.reports_json_syntax(path):
            return found
        return tuple(item for item in found if not is_json_syntax(item))

    def all_findings(self, path: FilePath) -> tuple[Finding, ...]:
        """Those as well that the editor underlines itself, because we may know how to mend them."""
        return self._workspace.findings(path)

    def _look_at_disk(self) -> None:
        """A client that does not watch files leaves it to us, once a second at most."""
        if self._session.client.watches_files:
            return
        if monotonic() - self._looked_at_disk > _DISK_CHECK_SECONDS:
            self._looked_at_disk = monotonic()
            self._workspace.distrust_disk(only_open=True)


_EMPTY_REPORT: Final[Json] = {"kind": "full", "items": []}
