"""The servers that are measured: ours, and those that set the pace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lsp_client import LspClient

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
_SCHEMA: Final = ROOT / "schemas" / "runagent.config.schema.json"
_PEER_MODULES: Final = HERE / "peers" / "node_modules"
_JSON_SERVER: Final = (
    _PEER_MODULES / "vscode-langservers-extracted" / "bin" / "vscode-json-language-server"
)


@dataclass(frozen=True)
class Server:
    """How to start a language server, and how it delivers diagnostics."""

    name: str
    command: tuple[str, ...]
    pull: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    configuration: Mapping[str, Any] = field(default_factory=dict)
    """Settings by section, for a server that asks for them."""
    schema_notification: bool = False
    """Takes schemas by `json/schemaAssociations`."""


def ours(bundle: Path | None = None) -> Server:
    """Our server from this checkout, or from an unpacked VSIX as the editor starts it."""
    if bundle is not None:
        launch = str(bundle.resolve() / "server" / "launch.py")
        return Server("runagent-ls (bundle)", (sys.executable, "-I", "-S", launch), pull=True)
    return Server(
        "runagent-ls",
        (sys.executable, "-m", "runagent_ls.cli.main"),
        pull=True,
        environment={"PYTHONPATH": str(ROOT / "server")},
    )


def hello_pygls() -> Server:
    """The smallest pygls server."""
    return Server(
        "hello pygls", (sys.executable, str(HERE / "peers" / "hello_pygls.py")), pull=False
    )


def jedi() -> Server:
    """jedi-language-server, from the same environment."""
    return Server("jedi-ls", (_script("jedi-language-server"),), pull=False)


def ruff() -> Server:
    """`ruff server`, from the same environment."""
    return Server("ruff server", (_script("ruff"), "server"), pull=True)


def json_server() -> Server:
    """VS Code's own JSON server, in pull mode."""
    _install_node_peers()
    command = (shutil.which("node") or "node", str(_JSON_SERVER), "--stdio")
    options = {"provideFormatter": False, "handledSchemaProtocols": ["file"]}
    return Server("vscode-json", command, pull=True, options=options, schema_notification=True)


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _install_node_peers() -> None:
    if not _JSON_SERVER.exists():
        npm = shutil.which("npm") or "npm"
        subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=HERE / "peers",
            check=True,
            stdout=subprocess.DEVNULL,
        )


def connect(server: Server, folder: Path) -> LspClient:
    """Start `server` in `folder`; the caller initializes it."""
    return LspClient(
        server.command,
        folder,
        environment=server.environment,
        configuration=server.configuration,
    )


def initialize(
    client: LspClient,
    server: Server,
    folder: Path,
    experimental: Mapping[str, Any] | None = None,
) -> Any:
    """Send `initialize` as an editor would, and give the result."""
    text_document: dict[str, Any] = {
        "synchronization": {"dynamicRegistration": False},
        "publishDiagnostics": {"versionSupport": True, "relatedInformation": True},
    }
    if server.pull:
        text_document["diagnostic"] = {"dynamicRegistration": False}
    uri = folder.as_uri()
    return client.request(
        "initialize",
        {
            "processId": os.getpid(),
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": folder.name}],
            "capabilities": {
                "textDocument": text_document,
                "workspace": {"workspaceFolders": True, "configuration": True},
                "experimental": dict(experimental or {}),
            },
            "initializationOptions": dict(server.options),
        },
    )


def open_document(client: LspClient, path: Path, text: str, language: str) -> None:
    """Send `didOpen`, version 1."""
    client.notify(
        "textDocument/didOpen",
        {
            "textDocument": {
                "uri": path.as_uri(),
                "languageId": language,
                "version": 1,
                "text": text,
            }
        },
    )


def give_schema(client: LspClient, path: Path) -> None:
    """Let the JSON server check what we check, as far as it can."""
    schema = json.loads(_SCHEMA.read_text("utf-8"))
    association = {"fileMatch": [path.name], "uri": _SCHEMA.as_uri(), "schema": schema}
    client.notify("json/schemaAssociations", [[association]])


def change(client: LspClient, path: Path, version: int, text: str) -> None:
    """Send `didChange` with the whole text."""
    client.notify(
        "textDocument/didChange",
        {
            "textDocument": {"uri": path.as_uri(), "version": version},
            "contentChanges": [{"text": text}],
        },
    )


def diagnostics(
    client: LspClient, server: Server, path: Path, version: int
) -> Sequence[Mapping[str, Any]]:
    """Diagnostics of `path` at `version`: asked for, or waited for, as the server does it."""
    uri = path.as_uri()
    if server.pull:
        report = client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        items: Sequence[Mapping[str, Any]] = report["items"]
        return items

    def matches(params: Mapping[str, Any]) -> bool:
        return params["uri"] == uri and params.get("version") in (version, None)

    params = client.wait_notification("textDocument/publishDiagnostics", matches)
    published: Sequence[Mapping[str, Any]] = params["diagnostics"]
    return published
