"""What the editor said about itself in `initialize`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from runagent_ls.lsp.jsonrpc import Json

MARKUP_KINDS: Final = ("markdown", "plaintext")


def dig(value: Any, *keys: str) -> Any:  # noqa: ANN401 - any JSON in, any JSON out
    """Follow `keys` through nested objects; None as soon as one is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def prefers_markdown(formats: object) -> bool:
    """Whether the first of a list of `MarkupKind`s is Markdown; without one, plain text is safe."""
    known = [it for it in formats if it in MARKUP_KINDS] if isinstance(formats, list) else []
    return known[:1] == ["markdown"]


@dataclass(frozen=True, slots=True)
class CompletionFeatures:
    """What a client can do with completions."""

    snippets: bool
    markdown: bool
    inserts_or_replaces: bool
    """Both what is inserted and what is replaced may be told; the user chooses."""
    inserts_as_is: bool
    """Can be told to leave the indentation of lines alone."""
    preselects: bool

    @classmethod
    def read(cls, completion: object) -> CompletionFeatures:
        """From the capabilities of `textDocument/completion`, whatever they are."""
        item = dig(completion, "completionItem")
        modes = dig(item, "insertTextModeSupport", "valueSet")
        return cls(
            snippets=dig(item, "snippetSupport") is True,
            markdown=prefers_markdown(dig(item, "documentationFormat")),
            inserts_or_replaces=dig(item, "insertReplaceSupport") is True,
            inserts_as_is=isinstance(modes, list) and 1 in modes,
            preselects=dig(item, "preselectSupport") is True,
        )


@dataclass(frozen=True, slots=True)
class ClientFeatures:
    """Client capabilities that change what the server does. Absent or malformed means false."""

    pulls_diagnostics: bool
    refreshes_diagnostics: bool
    refreshes_lenses: bool
    refreshes_hints: bool
    related_information: bool
    watches_files: bool
    pulls_settings: bool
    registers_settings: bool
    shows_progress: bool
    literal_actions: bool
    resolves_action_edits: bool
    """What an action does may be told when it is chosen."""
    document_changes: bool
    """Edits may name the version of the document that they are for."""
    resource_operations: frozenset[str]
    """`create`, `rename` and `delete`, as far as an edit may do them to files."""
    annotates_changes: bool
    """The user is asked about edits that need to be confirmed."""
    location_links: frozenset[str]
    """Those of `definition`, `declaration` and `implementation` that may be answered by links,
    which tell what they were asked about."""
    symbol_trees: bool
    """Symbols of a document may contain others."""
    resolves_symbol_ranges: bool
    """Symbols of the workspace may be told without their ranges, which are asked for later."""
    markdown_hover: bool
    """Popups show Markdown; else plain text."""
    completion: CompletionFeatures
    prepares_renames: bool
    """Whether a name can be renamed is asked before a new one is."""
    is_runagent_shell: bool
    """The client speaks the messages of `schemas/protocol.schema.json`."""

    @classmethod
    def read(cls, params: Json) -> ClientFeatures:
        """From the parameters of `initialize`, whatever they are."""
        capabilities = params.get("capabilities")
        document, workspace = dig(capabilities, "textDocument"), dig(capabilities, "workspace")
        return cls(
            pulls_diagnostics=isinstance(dig(document, "diagnostic"), dict),
            refreshes_diagnostics=dig(workspace, "diagnostics", "refreshSupport") is True,
            refreshes_lenses=dig(workspace, "codeLens", "refreshSupport") is True,
            refreshes_hints=dig(workspace, "inlayHint", "refreshSupport") is True,
            # The pull side has its own capability; clients that announce one mean both.
            related_information=(
                dig(document, "publishDiagnostics", "relatedInformation") is True
                or dig(document, "diagnostic", "relatedInformation") is True
            ),
            watches_files=dig(workspace, "didChangeWatchedFiles", "dynamicRegistration") is True,
            pulls_settings=dig(workspace, "configuration") is True,
            registers_settings=(
                dig(workspace, "didChangeConfiguration", "dynamicRegistration") is True
            ),
            shows_progress=dig(capabilities, "window", "workDoneProgress") is True,
            literal_actions=isinstance(
                dig(document, "codeAction", "codeActionLiteralSupport"), dict
            ),
            resolves_action_edits=(
                dig(document, "codeAction", "dataSupport") is True
                and "edit" in _names(dig(document, "codeAction", "resolveSupport", "properties"))
            ),
            document_changes=dig(workspace, "workspaceEdit", "documentChanges") is True,
            resource_operations=_names(dig(workspace, "workspaceEdit", "resourceOperations")),
            annotates_changes=isinstance(
                dig(workspace, "workspaceEdit", "changeAnnotationSupport"), dict
            ),
            location_links=frozenset(
                request
                for request in ("definition", "declaration", "implementation")
                if dig(document, request, "linkSupport") is True
            ),
            symbol_trees=(
                dig(document, "documentSymbol", "hierarchicalDocumentSymbolSupport") is True
            ),
            resolves_symbol_ranges="location.range"
            in _names(dig(workspace, "symbol", "resolveSupport", "properties")),
            markdown_hover=prefers_markdown(dig(document, "hover", "contentFormat")),
            completion=CompletionFeatures.read(dig(document, "completion")),
            prepares_renames=dig(document, "rename", "prepareSupport") is True,
            is_runagent_shell=isinstance(dig(capabilities, "experimental", "runagent"), dict),
        )


def _names(value: object) -> frozenset[str]:
    return (
        frozenset(it for it in value if isinstance(it, str))
        if isinstance(value, list)
        else (frozenset())
    )
