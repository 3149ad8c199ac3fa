"""The door: `main` speaks LSP on standard input and output until the client says `exit`."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, BinaryIO, Final

from runagent_ls.lsp import jsonrpc, parent, stdio
from runagent_ls.lsp.capabilities import initialize_result
from runagent_ls.lsp.client import ClientFeatures

if TYPE_CHECKING:
    from runagent_ls.lsp.jsonrpc import Json

_COLLECT_AFTER: Final = (5_000, 20, 20)
"""Few of our objects refer to each other in circles: looking for such as often as Python does on
its own takes a fifth of the time of a first report, and saves no memory."""


def main() -> int:
    """Run the language server. Returns the exit code: 0 after `shutdown`, else 1."""
    descriptor, output = stdio.claim()
    messages = stdio.MessageInput(descriptor)
    try:
        begun = _until_initialize(messages, output)
    except (OSError, stdio.FramingError) as error:
        sys.stderr.write(f"runagent-ls: {error}\n")
        return 1
    if begun is None:
        return 1
    # Objects of imported modules live for ever: no use in searching them all for garbage, only
    # the young ones.
    gc.set_threshold(*_COLLECT_AFTER[:2], 1_000_000)
    from runagent_ls.lsp.connection import serve

    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    code = serve(messages, output, *begun)
    # Threads that look into big folders, or wait for a name server, must not keep us alive.
    sys.stderr.flush()
    os._exit(code)


def _until_initialize(
    messages: stdio.MessageInput, output: BinaryIO
) -> tuple[Json, int | None] | None:
    """Answer `initialize` before anything heavy is loaded; None to end.

    Gives its parameters, and the process whose death ends the server.
    """
    while (body := messages.next_blocking()) is not None:
        try:
            message = jsonrpc.decode(body)
        except jsonrpc.InvalidMessageError as invalid:
            jsonrpc.send(output, jsonrpc.error(invalid.message_id, invalid.code, str(invalid)))
            continue
        method = message.get("method")
        if method == "initialize" and "id" in message:
            params = message.get("params")
            params = params if isinstance(params, dict) else {}
            process = parent.to_watch(params.get("processId"))
            result = initialize_result(ClientFeatures.read(params))
            jsonrpc.send(output, jsonrpc.result(message["id"], result))
            return params, process
        if method == "exit":
            return None
        if "id" in message and method is not None:
            text = "The first request must be initialize"
            jsonrpc.send(output, jsonrpc.error(message["id"], jsonrpc.NOT_INITIALIZED, text))
    return None
