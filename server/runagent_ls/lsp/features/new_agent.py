"""`runagent/newAgent`, `candidates` and `makeAgent`: what there would be to write, for the shell.

The shell writes the files itself: an editor that is told of a new file's text by `WorkspaceEdit`
leaves it unsaved.
"""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from runagent_ls.lsp.background import in_thread
from runagent_ls.lsp.client import dig
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json, RequestFailedError
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.session import Session
from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.file_source import DiskFiles, OverlayFiles

if TYPE_CHECKING:  # loaded when it is asked for first
    from runagent_ls.features.changes import Change
    from runagent_ls.features.new_agent.configuration import EntrypointFields


class NewAgents:
    """Plans agents; nothing is written here."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.on_async("runagent/newAgent", self._new)
        session.on_async("runagent/candidates", self._candidates)
        session.on_async("runagent/makeAgent", self._make)

    async def _new(self, params: Json) -> Json:
        from runagent_ls.features.changes import RefusedError
        from runagent_ls.features.new_agent.planning import plan_new_agent
        from runagent_ls.features.new_agent.templates import DEFAULT

        folder, name = _folder(params), reading.optional_text(params, "name")
        template = reading.optional_text(params, "template") or DEFAULT
        try:
            return self._planned(plan_new_agent(folder, name or folder.name, template, DiskFiles()))
        except RefusedError as error:
            raise RequestFailedError(str(error)) from error

    async def _candidates(self, params: Json) -> Json:
        from runagent_ls.features.new_agent.candidates import candidates

        folder, files = _folder(params), self._files()
        # Its own files: all that is read here would otherwise be kept.
        found = await in_thread(lambda: candidates(folder, files), "candidates")
        return {
            "candidates": [
                {
                    "file": it.fields.file,
                    "module": it.fields.module,
                    "tag": it.fields.tag,
                    "signature": it.signature,
                    "documentation": it.documentation,
                    "suggested": it.suggested,
                }
                for it in found
            ]
        }

    async def _make(self, params: Json) -> Json:
        from runagent_ls.features.changes import RefusedError
        from runagent_ls.features.new_agent.planning import make_agent

        folder = _folder(params)
        chosen = [_fields(it) for it in reading.array(params, "entrypoints")]
        try:
            return self._planned(make_agent(folder, chosen, self._files()))
        except RefusedError as error:
            raise RequestFailedError(str(error)) from error

    def _files(self) -> OverlayFiles:
        """The disk as it is now, below what is open."""
        files = OverlayFiles(DiskFiles())
        for path in self._session.document_versions:
            text = self._session.workspace.files.read(path).text
            if text is not None:
                files.open(path, text)
        return files

    def _planned(self, change: Change) -> Json:
        uri = self._session.uris.uri
        config = next(it.path for it in change.creates if it.path.name in CONFIG_NAMES)
        return {
            "configUri": uri(config),
            "files": [{"uri": uri(it.path), "text": it.text} for it in change.creates],
        }


def _folder(params: Json) -> FilePath:
    return reading.file(params, "folderUri", "a folder")


def _fields(value: object) -> EntrypointFields:
    from runagent_ls.features.new_agent.configuration import EntrypointFields

    file, module, tag = (dig(value, name) for name in ("file", "module", "tag"))
    if not (isinstance(file, str) and isinstance(module, str) and isinstance(tag, str)):
        raise InvalidParamsError("entrypoints must be objects with file, module and tag")
    return EntrypointFields(file, module, tag)
