"""What the server answers to `initialize`."""

from __future__ import annotations

from typing import Final

from runagent_ls.lsp.client import ClientFeatures
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.version import __version__

RUN_COMMAND: Final = "runagent.run"
STREAM_COMMAND: Final = "runagent.stream"
DEBUG_COMMAND: Final = "runagent.debug"
BATCH_COMMAND: Final = "runagent.batch"
START_COMMAND: Final = "runagent.serve.start"
STOP_COMMAND: Final = "runagent.serve.stop"
INSTALL_COMMAND: Final = "runagent.installRequirements"
LOG_COMMAND: Final = "runagent.serve.showLog"
COMMANDS: Final = (
    RUN_COMMAND,
    STREAM_COMMAND,
    BATCH_COMMAND,
    START_COMMAND,
    STOP_COMMAND,
    INSTALL_COMMAND,
)
"""What any editor may call; the shell has commands of its own."""
ACTION_KINDS: Final = (
    "quickfix",
    "source.fixAll.runagent",
    "refactor.extract",
    "refactor.rewrite",
)
FULL_SYNC: Final = 1
_CONFIGS: Final = "**/runagent.config.{json,yaml,yml}"


def initialize_result(client: ClientFeatures) -> Json:
    """The `InitializeResult` for this client."""
    capabilities: Json = {
        "positionEncoding": "utf-16",
        "textDocumentSync": {"openClose": True, "change": FULL_SYNC, "save": True},
        "codeLensProvider": {"resolveProvider": False},
        "completionProvider": {"triggerCharacters": ['"', "'", ":", ".", "/"]},
        "hoverProvider": True,
        "inlayHintProvider": True,
        "definitionProvider": True,
        "declarationProvider": True,
        "implementationProvider": True,
        "referencesProvider": True,
        "documentHighlightProvider": True,
        "documentLinkProvider": {"resolveProvider": False},
        "documentSymbolProvider": {"label": "RunAgent"},
        "workspaceSymbolProvider": {"resolveProvider": client.resolves_symbol_ranges},
        "linkedEditingRangeProvider": True,
        "renameProvider": (
            {"prepareProvider": True, "workDoneProgress": True} if client.prepares_renames else True
        ),
        "workspace": {
            "workspaceFolders": {"supported": True, "changeNotifications": True},
            "fileOperations": _file_operations(),
        },
    }
    if client.literal_actions:
        capabilities["codeActionProvider"] = {
            "codeActionKinds": list(ACTION_KINDS),
            "resolveProvider": client.resolves_action_edits,
        }
    if client.pulls_diagnostics:
        capabilities["diagnosticProvider"] = {
            "identifier": "runagent",
            "interFileDependencies": True,
            "workspaceDiagnostics": True,
        }
    if client.is_runagent_shell:
        # The shell has commands of these names itself; two owners would be an error there.
        capabilities["experimental"] = {"runagent": {"version": 1}}
    else:
        capabilities["executeCommandProvider"] = {
            "commands": list(COMMANDS),
            "workDoneProgress": True,
        }
    return {
        "capabilities": capabilities,
        "serverInfo": {"name": "runagent-ls", "version": __version__},
    }


def _file_operations() -> Json:
    """Creations, renames and deletions made in the editor, of files and of whole folders."""
    everything = {"filters": [{"scheme": "file", "pattern": {"glob": "**/*"}}]}
    named = {
        "filters": [
            {"scheme": "file", "pattern": {"glob": "**/*.py", "matches": "file"}},
            {"scheme": "file", "pattern": {"glob": _CONFIGS, "matches": "file"}},
            {"scheme": "file", "pattern": {"glob": "**/*", "matches": "folder"}},
        ]
    }
    return {
        "willRename": named,
        "didCreate": everything,
        "didRename": everything,
        "didDelete": everything,
    }
