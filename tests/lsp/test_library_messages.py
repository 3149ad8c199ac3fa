"""What the protocol library sends by itself, among our plain messages."""

from __future__ import annotations

import io
import json

from cattrs import Converter
from lsprotocol import types
from pygls.lsp.server import LanguageServer

from runagent_ls.lsp.protocol import Protocol


def test_messages_of_the_library_are_spelt_as_lsp_wants_them() -> None:
    server = LanguageServer("test", "1", protocol_cls=Protocol, converter_factory=Converter)
    protocol, output = server.protocol, io.BytesIO()
    assert isinstance(protocol, Protocol)
    protocol.output = output
    start = types.Position(0, 0)
    diagnostic = types.Diagnostic(
        types.Range(start, start), "wrong", code_description=types.CodeDescription("http://x")
    )
    server.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(uri="file:///a", diagnostics=[diagnostic])
    )
    _, _, body = output.getvalue().partition(b"\r\n\r\n")
    (sent,) = json.loads(body)["params"]["diagnostics"]
    assert sent["codeDescription"] == {"href": "http://x"}
    assert "relatedInformation" not in sent
