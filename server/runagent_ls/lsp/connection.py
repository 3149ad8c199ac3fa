"""One client served: all parts put together, and the loop that runs them."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path as FilePath
from typing import Any, BinaryIO

from cattrs import Converter
from lsprotocol import types
from pygls.lsp.server import LanguageServer

from runagent_ls.lsp import parent, settings
from runagent_ls.lsp.batch import Batches, BatchRequests
from runagent_ls.lsp.calling import Calling
from runagent_ls.lsp.cases import Cases
from runagent_ls.lsp.client import ClientFeatures
from runagent_ls.lsp.client_code import ClientCodeRequests
from runagent_ls.lsp.cloud import CloudQuestions
from runagent_ls.lsp.commands import Commands
from runagent_ls.lsp.diagnostics import Diagnostics
from runagent_ls.lsp.documents import Documents
from runagent_ls.lsp.failed_runs import FailedRuns
from runagent_ls.lsp.features.actions import Actions
from runagent_ls.lsp.features.activity import Activities
from runagent_ls.lsp.features.completion import CompletionRequests
from runagent_ls.lsp.features.definition import Definitions
from runagent_ls.lsp.features.hover import Hovers
from runagent_ls.lsp.features.inlay_hints import InlayHints
from runagent_ls.lsp.features.lenses import Lenses
from runagent_ls.lsp.features.linked_editing import LinkedEditing
from runagent_ls.lsp.features.links import Links
from runagent_ls.lsp.features.new_agent import NewAgents
from runagent_ls.lsp.features.preloading import preload
from runagent_ls.lsp.features.references import References
from runagent_ls.lsp.features.rename import Renames
from runagent_ls.lsp.features.symbols import Symbols
from runagent_ls.lsp.folders import Folders
from runagent_ls.lsp.history import HistoryQuestions
from runagent_ls.lsp.indexing import Indexing
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.progress import Progress
from runagent_ls.lsp.protocol import Protocol
from runagent_ls.lsp.recording import Recording
from runagent_ls.lsp.running import Running
from runagent_ls.lsp.runs import Runs
from runagent_ls.lsp.scheduling import PauseGate
from runagent_ls.lsp.serving.observing import Observing
from runagent_ls.lsp.serving.requests import ServeRequests
from runagent_ls.lsp.serving.servers import Servers
from runagent_ls.lsp.serving.verifying import Verifying
from runagent_ls.lsp.session import WARNING, Session
from runagent_ls.lsp.sessions import SessionRequests
from runagent_ls.lsp.shell import Shell
from runagent_ls.lsp.status import Status
from runagent_ls.lsp.stdio import MessageInput
from runagent_ls.rules.selection import Selection
from runagent_ls.version import __version__

logger = logging.getLogger(__name__)


def serve(messages: MessageInput, output: BinaryIO, params: Json, process: int | None) -> int:
    """Serve the client whose `initialize` had these parameters. Returns the exit code.

    The death of `process` ends the server.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    # pygls writes a traceback for every request that is refused; what fails here we log ourselves.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    return asyncio.run(_serve(messages, output, params, process))


async def _serve(
    messages: MessageInput, output: BinaryIO, params: Json, process: int | None
) -> int:
    server = LanguageServer(
        "runagent-ls",
        __version__,
        text_document_sync_kind=types.TextDocumentSyncKind.Full,
        protocol_cls=Protocol,
        converter_factory=Converter,
    )
    protocol = server.protocol
    if not isinstance(protocol, Protocol):
        raise TypeError("pygls did not use our protocol")
    loop = asyncio.get_running_loop()
    protocol.output, protocol.stopped = output, loop.create_future()
    loop.set_exception_handler(_log_exception)
    connection = Connection(protocol, params)
    connection.start(messages)
    if process is not None:
        watching = parent.watch(process, lambda: protocol.stop(1))
        connection.session.spawn(watching, "Watching the editor's process")
    code = await protocol.stopped
    await connection.end()
    return code


def _log_exception(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    logger.error("%s", context.get("message"), exc_info=context.get("exception"))


class Connection:
    """The parts that serve one client."""

    def __init__(self, protocol: Protocol, params: Json) -> None:
        self._protocol = protocol
        self.session = session = Session(protocol, ClientFeatures.read(params))
        self.diagnostics = Diagnostics(session)
        self.lenses = Lenses(session)
        self.folders = Folders(session, self._changed_elsewhere)
        self.diagnostics.searched = self.folders.searched
        self.servers = Servers(session)
        self.observing = Observing(session, self.diagnostics.changed_elsewhere)
        self.servers.watchers += [self.observing.served, self.lenses.served]
        self.folders.on_disk.append(self.servers.files_changed)
        self.folders.on_closed.append(self.servers.folder_closed)
        self.documents = Documents(session, self.diagnostics, self._project_edited, self._saved)
        self.actions = Actions(session, self.diagnostics)
        self.inlay_hints = InlayHints(session)
        self.completion = CompletionRequests(session)
        self.definitions = Definitions(session)
        self.references = References(session)
        self.links = Links(session)
        self.symbols = Symbols(session)
        progress = Progress(session)
        self.renames = Renames(session, progress, self.folders.searched, self._caught_up)
        self.linked_editing = LinkedEditing(session)
        self.calling = Calling(session, self.servers)
        self.recording = Recording(session, self.calling)
        self.hovers = Hovers(session, Activities(session, self.servers, self.recording))
        self.runs = Runs(session, self.calling, self.recording)
        self.failed_runs = FailedRuns(session, self.diagnostics.changed_elsewhere)
        self.runs.watchers.append(self.failed_runs.ended)
        self.batches = Batches(session, self.calling)
        self.commands = Commands(session, self.runs, self.batches, self.servers, progress)
        self.indexing = Indexing(session, progress)
        self.folders.on_searched.append(self.indexing.found)
        self.folders.on_any_file.append(self.indexing.changed)
        self.folders.on_closed.append(self.indexing.closed)
        if session.client.is_runagent_shell:
            self._serve_shell(session)
        session.on("initialized", self._initialized)
        session.on("workspace/didChangeConfiguration", self._settings_changed)
        session.on("$/setTrace", lambda _params: None)
        self.folders.add_initial(params)

    def _serve_shell(self, session: Session) -> None:
        """The messages of the RunAgent shell."""
        self.shell = Shell(session, self.folders, self.diagnostics)
        self.running = Running(session, self.calling, self.runs, self.batches)
        self.batch_requests = BatchRequests(session, self.batches)
        self.client_code = ClientCodeRequests(session, self.calling, self.recording)
        self.new_agents = NewAgents(session)
        self.cases = Cases(session, self.folders, self.running)
        self.cloud = CloudQuestions(session, self.calling)
        self.status = Status(session, self.calling)
        self.serve_requests = ServeRequests(session, self.servers)
        self.verifying = Verifying(session, self.observing)
        self.history = HistoryQuestions(session, self.recording)
        self.sessions = SessionRequests(session)

    def start(self, messages: MessageInput) -> None:
        """Begin to read messages."""
        gate = PauseGate(messages.is_empty)

        def pause() -> None:
            if gate.opens() and self._protocol.answer_deferred(messages.is_empty):
                for action in self.session.on_pause:
                    action()

        def end(error: Exception | None) -> None:
            if error is not None:
                logger.error("The input ended: %s", error)
            self._protocol.stop(1)

        messages.start(self._protocol.receive, pause, end)

    async def end(self) -> None:
        """Stop what runs and write what is left of it, within limits."""
        await asyncio.gather(self.runs.cancel_all(), self.batches.stop_all(), self.commands.end())
        await self.servers.stop_all()
        await asyncio.to_thread(self.recording.close)

    async def _caught_up(self) -> None:
        """Wait until all that the workspace folders hold has been looked at."""
        await self.folders.searched()
        await self.indexing.caught_up()

    # --- events ---------------------------------------------------------------------------

    def _initialized(self, _params: object) -> None:
        self.session.spawn(self.folders.watch(), "Watching files")
        self.session.spawn(self._register_settings(), "Watching settings")
        self._read_settings()
        self.folders.search()
        self.session.spawn(preload(), "Loading features")

    def _saved(self, paths: list[FilePath]) -> None:
        self.servers.files_changed(paths)
        self.folders.search_after_save()
        if self.session.client.is_runagent_shell and self.shell.rows_changed(paths):
            self._tell_shell()

    def _changed_elsewhere(self) -> None:
        """Files, folders or settings changed, not an open text."""
        self.diagnostics.changed_elsewhere()
        self.lenses.changed_elsewhere()
        self.inlay_hints.changed_elsewhere()
        self._tell_shell()

    def _project_edited(self, path: FilePath) -> None:
        """An open text changed; its lenses and the list of projects may have, too."""
        for project in self.session.workspace.projects_of(path):
            self.inlay_hints.project_changed(project.config_path)
            if self.lenses.project_changed(project.config_path):
                self._tell_shell()

    def _tell_shell(self) -> None:
        if self.session.client.is_runagent_shell:
            self._protocol.notify_raw("runagent/projectsChanged", {})

    # --- settings -------------------------------------------------------------------------

    async def _register_settings(self) -> None:
        if self.session.client.registers_settings:
            registration = {
                "id": "runagent-settings",
                "method": "workspace/didChangeConfiguration",
                "registerOptions": {"section": settings.SECTION},
            }
            await self._protocol.ask("client/registerCapability", {"registrations": [registration]})

    def _settings_changed(self, params: Json) -> None:
        if self.session.client.pulls_settings:
            self._read_settings()
            return
        sent = params.get("settings")
        section = sent.get(settings.SECTION) if isinstance(sent, dict) else None
        self._use_settings({None: section})

    def _read_settings(self) -> None:
        reading = self.session.spawn(self._pull_settings(), "Reading settings")
        self.session.reading_settings = reading

    async def _pull_settings(self) -> None:
        if not self.session.client.pulls_settings:
            return
        folders: list[FilePath | None] = [None, *self.session.folders]
        items: list[Json] = [{"section": settings.SECTION}]
        items += [
            {"scopeUri": uri, "section": settings.SECTION} for uri in self.session.folders.values()
        ]
        values = await self._protocol.ask("workspace/configuration", {"items": items})
        if isinstance(values, list):
            self._use_settings(dict(zip(folders, values, strict=False)))

    def _use_settings(self, sections: dict[FilePath | None, object]) -> None:
        """Take over settings by folder (None: everywhere); wrong values are shown once."""
        before = dict(self.session.settings)
        for folder, section in sections.items():
            self.session.settings[folder], problems = settings.read(section)
            for problem in problems:
                self.session.show_once(WARNING, f"{problem} The default is used.")
            for name in Selection(severities=self.session.settings[folder].rules).unknown_names():
                text = f"The setting runagent.rules names {name!r}, but there is no such rule."
                self.session.show_once(WARNING, text)
        if self.session.settings != before:
            self.session.workspace.settings_changed()
            self._changed_elsewhere()
