"""A `Change` as the `WorkspaceEdit` of one client: as much of it as that client can do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.rendering import range_message
from runagent_ls.lsp.session import Session
from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.position import Position, Range

if TYPE_CHECKING:
    from runagent_ls.features.changes import Change

_START = Range(Position(0, 0), Position(0, 0))


def change_message(change: Change, session: Session) -> Json | None:
    """The edit; None when the client cannot do all of it, doubtful parts aside.

    Doubtful edits are there only for clients that ask the user about them.
    """
    client = session.client
    needed = {"create"} if change.creates else set()
    needed |= {"rename"} if change.renames else set()
    if needed and not (client.document_changes and needed <= client.resource_operations):
        return None
    if not client.document_changes:
        edits = _by_file(change.edits)
        return {
            "changes": {
                session.uris.uri(file): [_edit(it) for it in own] for file, own in edits.items()
            }
        }
    return _document_changes(change, session)


def _document_changes(change: Change, session: Session) -> Json:
    uri = session.uris.uri
    operations: list[Json] = [
        {"kind": "create", "uri": uri(it.path), "options": {"overwrite": False}}
        for it in change.creates
    ]
    operations += [
        {
            "kind": "rename",
            "oldUri": uri(it.old),
            "newUri": uri(it.new),
            "options": {"overwrite": False},
        }
        for it in change.renames
    ]
    texts: dict[FilePath, list[Json]] = {
        it.path: [_edit(TextEdit(it.path, _START, it.text))] for it in change.creates if it.text
    }
    for file, own in _by_file(change.edits).items():
        texts.setdefault(file, []).extend(_edit(it) for it in own)
    annotations: Json = {}
    for number, doubt in enumerate(change.doubtful if session.client.annotates_changes else ()):
        name = f"doubt-{number}"
        annotations[name] = {
            "label": doubt.label,
            "description": doubt.description,
            "needsConfirmation": True,
        }
        for edit in doubt.edits:
            texts.setdefault(edit.file, []).append({**_edit(edit), "annotationId": name})
    operations += [
        {
            "textDocument": {"uri": uri(file), "version": session.document_versions.get(file)},
            "edits": edits,
        }
        for file, edits in texts.items()
    ]
    message: Json = {"documentChanges": operations}
    if annotations:
        message["changeAnnotations"] = annotations
    return message


def _by_file(edits: Iterable[TextEdit]) -> dict[FilePath, list[TextEdit]]:
    found: dict[FilePath, list[TextEdit]] = {}
    for edit in edits:
        found.setdefault(edit.file, []).append(edit)
    return found


def _edit(edit: TextEdit) -> Json:
    return {"range": range_message(edit.range), "newText": edit.new_text}
