"""The smallest pygls server that reports something: the floor for start and round trips."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer(
    "hello", "1", text_document_sync_kind=types.TextDocumentSyncKind.Full, max_workers=1
)


def _report(uri: str, version: int | None) -> None:
    start = types.Position(0, 0)
    diagnostic = types.Diagnostic(types.Range(start, types.Position(0, 1)), "hello")
    server.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=[diagnostic])
    )


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def opened(params: types.DidOpenTextDocumentParams) -> None:
    _report(params.text_document.uri, params.text_document.version)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def changed(params: types.DidChangeTextDocumentParams) -> None:
    _report(params.text_document.uri, params.text_document.version)


if __name__ == "__main__":
    server.start_io()
