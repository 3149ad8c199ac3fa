"""Rename of tags, functions, files and folders."""

from __future__ import annotations

from runagent_ls.lsp.changes import change_message
from runagent_ls.lsp.client import dig
from runagent_ls.lsp.features.locations import asked, lines_of, span_message
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json, RequestFailedError
from runagent_ls.lsp.session import WARNING, Session


class Renames:
    """Answers `textDocument/prepareRename`, `textDocument/rename`, `workspace/willRenameFiles`.

    For names that are not ours the answer is null, so that an editor asks the next server.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        session.on_deferred("textDocument/prepareRename", self._prepare)
        session.on_deferred("textDocument/rename", self._rename)
        session.on_deferred("workspace/willRenameFiles", self._rename_files)

    def _prepare(self, params: Json) -> Json | None:
        from runagent_ls.features.changes import RefusedError
        from runagent_ls.features.rename.renaming import prepare

        place = asked(self._session, params)
        if place is None:
            return None
        try:
            found = prepare(self._session.workspace, place.path, place.offset)
        except RefusedError as refusal:
            raise RequestFailedError(str(refusal)) from refusal
        if found is None:
            return None
        lines = lines_of(self._session, place.path)
        return {"range": span_message(lines, found.span), "placeholder": found.name}

    def _rename(self, params: Json) -> Json | None:
        from runagent_ls.features.changes import RefusedError
        from runagent_ls.features.rename.renaming import rename

        place, new_name = asked(self._session, params), params.get("newName")
        if not isinstance(new_name, str):
            raise InvalidParamsError("newName must be a string")
        if place is None:
            return None
        try:
            change = rename(self._session.workspace, place.path, place.offset, new_name)
        except RefusedError as refusal:
            raise RequestFailedError(str(refusal)) from refusal
        return change_message(change, self._session) if change is not None else None

    def _rename_files(self, params: Json) -> Json | None:
        from runagent_ls.features.changes import RenameFile
        from runagent_ls.features.rename.files import rename_files

        path = self._session.uris.path
        files = params.get("files")
        pairs = [
            (path(dig(it, "oldUri")), path(dig(it, "newUri")))
            for it in (files if isinstance(files, list) else ())
        ]
        renames = [
            RenameFile(old, new) for old, new in pairs if old is not None and new is not None
        ]
        found = rename_files(self._session.workspace, renames)
        for warning in found.warnings:
            self._session.show(WARNING, warning)
        return change_message(found.change, self._session) if found.change.edits else None
