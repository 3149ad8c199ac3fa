"""Open texts: what the editor shows is what counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.lsp.client import dig
from runagent_ls.lsp.diagnostics import Diagnostics
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.scheduling import Debounced
from runagent_ls.lsp.session import WARNING, Session

_QUIET_SECONDS: Final = 0.2


class Documents:
    """Hands texts over to the workspace; ignores those that are no files of this machine."""

    def __init__(
        self,
        session: Session,
        diagnostics: Diagnostics,
        on_edit: Callable[[FilePath], None],
        on_save: Callable[[list[FilePath]], None],
    ) -> None:
        self._session = session
        self._on_edit = on_edit
        self._on_save = on_save
        self._edited: set[FilePath] = set()
        self._teller = Debounced(self._tell, _QUIET_SECONDS)
        session.on_pause.append(self._teller.pause)
        self._diagnostics = diagnostics
        session.on("textDocument/didOpen", self._opened)
        session.on("textDocument/didChange", self._changed)
        session.on("textDocument/didClose", self._closed)
        session.on("textDocument/didSave", self._saved)

    def _edit(self, path: FilePath) -> None:
        self._edited.add(path)
        self._teller.ask()
        self._diagnostics.edited()

    def _tell(self) -> None:
        edited, self._edited = self._edited, set()
        for path in edited:
            self._on_edit(path)

    def _path(self, params: Json) -> FilePath | None:
        return self._session.uris.path(dig(params, "textDocument", "uri"))

    def _note_version(self, path: FilePath, params: Json) -> bool:
        """False for an edit that arrives after a newer one."""
        version = dig(params, "textDocument", "version")
        if not isinstance(version, int):
            return True
        versions = self._session.document_versions
        if version < versions.get(path, version):
            return False
        versions[path] = version
        return True

    def _opened(self, params: Json) -> None:
        path, text = self._path(params), dig(params, "textDocument", "text")
        if path is None or not isinstance(text, str):
            return
        self._session.uris.opened(params["textDocument"]["uri"], path)
        self._session.document_versions.pop(path, None)
        self._note_version(path, params)
        self._session.workspace.open(path, text)
        self._edit(path)

    def _changed(self, params: Json) -> None:
        path, changes = self._path(params), params.get("contentChanges")
        if path is None or not isinstance(changes, list) or not changes:
            return
        last = changes[-1]
        text = dig(last, "text")
        if not isinstance(text, str) or dig(last, "range") is not None:
            message = "The editor sends partial edits although whole texts were agreed on."
            self._session.show_once(WARNING, message)
            return
        if not self._session.workspace.is_open(path) or not self._note_version(path, params):
            return
        self._session.workspace.change(path, text)
        self._edit(path)

    def _closed(self, params: Json) -> None:
        path = self._path(params)
        if path is None:
            return
        self._session.uris.closed(path)
        self._session.document_versions.pop(path, None)
        self._session.workspace.close(path)
        self._edit(path)

    def _saved(self, params: Json) -> None:
        path = self._path(params)
        if path is None:
            return
        self._on_save([path])
        if not self._session.client.watches_files:
            self._session.workspace.distrust_disk(only_open=False)
            self._diagnostics.changed_elsewhere()
